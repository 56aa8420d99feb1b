"""One realtime socket: sessions, items, and what is refused."""

from __future__ import annotations

import pytest

from simulator.mind import CallTool, Say
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, SILENCE, Event, connect, tone

paths = pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])


def user(text: str, item_id: str) -> Event:
    return {
        "id": item_id,
        "type": "message",
        "role": "user",
        "content": [{"type": "input_text", "text": text}],
    }


async def test_a_session_tells_its_defaults_and_what_changed() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        created = wire.seen[0]["session"]
        assert created["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 200
        assert created["model"] == "my-deployment"

        audio = {"input": {"turn_detection": {"type": "server_vad", "silence_duration_ms": 500}}}
        session = {"type": "realtime", "model": "another", "instructions": "Be kind.", "audio": audio}
        updated = (await wire.ask("session.update", "session.updated", session=session))["session"]

        assert updated["instructions"] == "Be kind."
        assert updated["model"] == "my-deployment"
        assert updated["audio"]["input"]["turn_detection"]["silence_duration_ms"] == 500
        assert updated["audio"]["input"]["turn_detection"]["threshold"] == 0.5
        assert updated["audio"]["output"]["voice"] == "alloy"


async def test_nulls_change_nothing_that_cannot_be_null() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        audio = {"input": {"noise_reduction": None, "turn_detection": None}, "output": {"voice": None}}
        session = {"type": "realtime", "instructions": None, "tools": None, "tracing": None, "audio": audio}
        updated = (await wire.ask("session.update", "session.updated", session=session))["session"]

        assert (updated["instructions"], updated["tools"]) == ("", [])
        assert updated["audio"]["input"]["turn_detection"] is None
        assert updated["audio"]["output"]["voice"] == "alloy"


@paths
async def test_the_effort_of_a_reasoning_model_is_told_and_can_be_changed(path: str) -> None:
    async with Simulator(Given(), Options(reasoning=True)) as simulator, connect(simulator, path) as wire:
        kind = {"type": "realtime"} if path == GA else {}
        assert wire.seen[0]["session"]["reasoning"] == {"effort": "low"}

        updated = await wire.ask("session.update", "session.updated", session=kind | {"reasoning": {"effort": "high"}})
        assert updated["session"]["reasoning"] == {"effort": "high"}

        error = await wire.error("session.update", session=kind | {"reasoning": {"effort": "maximal"}})
        assert (error["code"], error["param"]) == ("invalid_value", "session.reasoning.effort")


async def test_other_models_tell_no_effort() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        assert "reasoning" not in wire.seen[0]["session"]
        response = {"reasoning": {"effort": "maximal"}}
        assert (await wire.error("response.create", response=response))["param"] == "response.reasoning.effort"


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"instructions": "x"}, "missing_required_parameter", "session.type"),
        ({"type": "realtime", "modalities": ["text"]}, "unknown_parameter", "session.modalities"),
        ({"type": "realtime", "audio": {"output": {"pitch": 1}}}, "unknown_parameter", "session.audio.output.pitch"),
        ({"type": "realtime", "output_modalities": ["text", "audio"]}, "invalid_value", "session.output_modalities"),
        ({"type": "realtime", "tools": [{"name": "no good"}]}, "invalid_value", "session.tools[0].name"),
    ],
)  # fmt: skip
async def test_a_wrong_ga_session_is_refused(session: Event, code: str, param: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        error = await wire.error("session.update", session=session)
        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, param)
        assert simulator.errors[0].error == error


async def test_a_voice_cannot_change_after_audio_and_nothing_else_does_either() -> None:
    async with Simulator(Given("Good morning.")) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.done")
        new_voice = {"type": "realtime", "instructions": "New.", "audio": {"output": {"voice": "cedar"}}}
        same_voice = {"type": "realtime", "audio": {"output": {"voice": "alloy"}}}

        assert (await wire.error("session.update", session=new_voice))["code"] == "cannot_update_voice"
        updated = await wire.ask("session.update", "session.updated", session=same_voice)

        assert updated["session"]["instructions"] == ""


@pytest.mark.parametrize("kind", ["no.such.event", "response.output_text.delta"])
async def test_an_unknown_event_is_refused(kind: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        assert (await wire.error(kind))["param"] == "type"


@pytest.mark.parametrize(
    ("frame", "code"), [("{", "invalid_json"), ("[]", "invalid_event"), ("{}", "missing_required_parameter")]
)
async def test_a_malformed_event_is_refused_and_the_session_lives(frame: str, code: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await wire.socket.send_str(frame)
        assert (await wire.until("error"))["error"]["code"] == code
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")


async def test_items_are_placed_and_the_chain_is_repaired() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        created = "conversation.item.added"
        first = await wire.ask("conversation.item.create", created, item=user("one", "i1"))
        await wire.until("conversation.item.done")
        last = await wire.ask("conversation.item.create", created, item=user("three", "i3"))
        middle = await wire.ask("conversation.item.create", created, item=user("two", "i2"), previous_item_id="i1")
        root = await wire.ask("conversation.item.create", created, item=user("zero", "i0"), previous_item_id="root")
        assert [e["previous_item_id"] for e in (first, last, middle, root)] == [None, "i1", "i1", None]

        await wire.ask("conversation.item.delete", "conversation.item.deleted", item_id="i3")
        tail = await wire.ask("conversation.item.create", created, item=user("four", "i4"))
        assert tail["previous_item_id"] == "i2"
        item = (await wire.ask("conversation.item.retrieve", "conversation.item.retrieved", item_id="i2"))["item"]
        assert item["content"] == [{"type": "input_text", "text": "two"}]


@pytest.mark.parametrize(
    ("kind", "fields", "code"),
    [
        ("conversation.item.create", {"item": user("again", "known")}, "item_create_duplicate_item_id"),
        ("conversation.item.create", {"item": user("new", "new"), "previous_item_id": "nobody"}, "item_not_found"),
        ("conversation.item.create", {"item": user("new", "x" * 33)}, "string_above_max_length"),
        ("conversation.item.create", {"item": {"type": "message", "role": "assistant",
                                               "content": [{"type": "text", "text": "hi"}]}}, "invalid_value"),
        ("conversation.item.create", {"item": {"type": "function_call_output", "call_id": "nobody", "output": ""}},
         "invalid_tool_call_id"),
        ("conversation.item.create", {}, "missing_required_parameter"),
        ("conversation.item.delete", {"item_id": "nobody"}, "item_delete_invalid_item_id"),
        ("conversation.item.retrieve", {"item_id": "nobody"}, "item_retrieve_invalid_item_id"),
        ("conversation.item.truncate", {"item_id": "nobody", "content_index": 0, "audio_end_ms": 1},
         "item_truncate_invalid_item_id"),
        ("conversation.item.truncate", {"item_id": "known", "content_index": 0, "audio_end_ms": 1}, "invalid_value"),
        ("response.cancel", {}, "response_cancel_not_active"),
        ("input_audio_buffer.append", {"audio": "not base64!"}, "invalid_value"),
        ("input_audio_buffer.append", {}, "missing_required_parameter"),
        ("response.create", {"response": {"output_modalities": ["smell"]}}, "invalid_value"),
        ("response.create", {"response": {"temperature": 1}}, "unknown_parameter"),
        ("response.create", {"response": {"tool_choice": {"type": "function", "name": "nobody"}}}, "invalid_value"),
    ],
)  # fmt: skip
async def test_a_wrong_event_is_refused(kind: str, fields: Event, code: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await wire.ask("conversation.item.create", "conversation.item.done", item=user("hello", "known"))
        assert (await wire.error(kind, **fields))["code"] == code


async def test_codes_that_are_not_documented_are_options() -> None:
    options = Options(error_codes={"delete_unknown": "other"})
    async with Simulator(Given(), options) as simulator, connect(simulator) as wire:
        assert (await wire.error("conversation.item.delete", item_id="nobody"))["code"] == "other"


async def test_truncation_forgets_what_was_not_heard() -> None:
    mind = Given("One two three four five six seven eight nine ten.", "Yes.")
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        done = await wire.ask("response.create", "response.done")
        item_id = done["response"]["output"][0]["id"]
        place = {"item_id": item_id, "content_index": 0}
        too_late = await wire.error("conversation.item.truncate", **place, audio_end_ms=60_000)
        assert too_late["code"] == "invalid_value"
        assert "already shorter than 60000ms" in too_late["message"]

        truncated = await wire.ask(
            "conversation.item.truncate", "conversation.item.truncated", **place, audio_end_ms=1000
        )
        await wire.ask("response.create", "response.done")
        item = await wire.ask("conversation.item.retrieve", "conversation.item.retrieved", item_id=item_id)

        assert truncated["audio_end_ms"] == 1000
        (part,) = item["item"]["content"]
        assert (part["type"], part["transcript"], len(part["audio"])) == ("output_audio", None, 64_000)
        kept = mind.requests[1].items[0].text
        assert kept.startswith("One two")
        assert "six" not in kept


async def test_only_an_answer_s_audio_can_be_truncated() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await wire.ask("conversation.item.create", "conversation.item.done", item=user("hello", "known"))
        error = await wire.error("conversation.item.truncate", item_id="known", content_index=0, audio_end_ms=1)

        assert error["message"] == "Only model output audio messages can be truncated"
        assert (error["code"], error["param"]) == ("invalid_value", "item_id")


@pytest.mark.parametrize(
    ("place", "code", "param"),
    [
        ({"content_index": 1, "audio_end_ms": 1}, "invalid_value", "content_index"),
        ({"content_index": 0, "audio_end_ms": -1}, "integer_below_min_value", "audio_end_ms"),
    ],
)
async def test_a_place_that_an_answer_does_not_have_is_refused(place: Event, code: str, param: str) -> None:
    async with Simulator(Given("Good morning.")) as simulator, connect(simulator) as wire:
        done = await wire.ask("response.create", "response.done")
        item_id = done["response"]["output"][0]["id"]
        error = await wire.error("conversation.item.truncate", item_id=item_id, **place)

        assert (error["code"], error["param"]) == (code, param)
        assert done["response"]["conversation_id"].startswith("conv_")


@paths
async def test_a_session_expires_with_an_error_and_1001(path: str) -> None:
    async with Simulator(Given()) as simulator:
        simulator.faults.add("expire", after=0.05)
        async with connect(simulator, path) as wire:
            error = (await wire.until("error"))["error"]
            message = await wire.closed()

            minutes = 60 if path == GA else 30
            assert error["code"] == "session_expired"
            assert error["message"] == f"Your session hit the maximum duration of {minutes} minutes."
            assert (wire.socket.close_code, message.extra) == (1001, error["message"])


async def test_what_a_mind_is_asked_holds_the_whole_session() -> None:
    tool = {"type": "function", "name": "find_order", "description": "Finds.", "parameters": {"type": "object"}}
    mind = Given([CallTool("find_order", {"n": 1})], [Say("Done."), CallTool("end_call", {})])
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        session = {"type": "realtime", "instructions": "Be kind.", "tools": [tool], "output_modalities": ["text"]}
        await wire.ask("session.update", "session.updated", session=session)
        await wire.ask("conversation.item.create", "conversation.item.done", item=user("My order?", "i1"))
        call = (await wire.ask("response.create", "response.done"))["response"]["output"][0]
        output = {"type": "function_call_output", "call_id": call["call_id"], "output": "sent"}
        await wire.ask("conversation.item.create", "conversation.item.done", item=output)
        response = {"instructions": "Be kind.\nSay it briefly.", "tool_choice": "none", "metadata": {"a": "b"}}
        done = (await wire.ask("response.create", "response.done", response=response))["response"]

        first, second = mind.requests
        assert (first.instructions, first.extra, first.modality) == ("Be kind.", "", "text")
        assert [tool.name for tool in first.tools] == ["find_order"]
        assert first.session_id == wire.seen[0]["session"]["id"]
        assert [(i.type, i.text, i.name, i.arguments, i.output) for i in second.items] == [
            ("message", "My order?", None, None, None),
            ("function_call", "", "find_order", '{"n": 1}', None),
            ("function_call_output", "", None, None, "sent"),
        ]
        assert (second.extra, second.tools) == ("Say it briefly.", ())
        assert [item["type"] for item in done["output"]] == ["message"]
        assert done["metadata"] == {"a": "b"}


async def test_a_commit_needs_a_tenth_of_a_second() -> None:
    async with Simulator(Given(hears=["Hello."])) as simulator, connect(simulator) as wire:
        session = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
        await wire.ask("session.update", "session.updated", session=session)
        await wire.append(SILENCE[:2400])
        error = await wire.error("input_audio_buffer.commit")
        assert error["code"] == "input_audio_buffer_commit_empty"
        assert "buffer only has 50.00ms of audio" in error["message"]

        await wire.append(tone(0.2))
        await wire.ask("input_audio_buffer.commit", "conversation.item.done")
        assert wire.kinds()[-3:] == [
            "input_audio_buffer.committed",
            "conversation.item.added",
            "conversation.item.done",
        ]
        assert (await wire.error("input_audio_buffer.commit"))["code"] == "input_audio_buffer_commit_empty"


async def test_a_tenth_of_a_second_is_enough_for_a_commit() -> None:
    async with Simulator(Given(hears=["Hello."])) as simulator, connect(simulator) as wire:
        session = {"type": "realtime", "audio": {"input": {"turn_detection": None}}}
        await wire.ask("session.update", "session.updated", session=session)
        await wire.append(SILENCE)
        await wire.ask("input_audio_buffer.commit", "input_audio_buffer.committed")
