"""One response on the wire: its order, its ends, its modality."""

from __future__ import annotations

import base64
import time
from statistics import median

import pytest

from simulator.mind import CallTool, Say
from simulator.options import Options, TextDrift
from simulator.server import Simulator
from tests.simulator.minds import Given, Lost
from tests.simulator.wire import Wire, connect

TEXT = {"output_modalities": ["text"]}
LONG = "This is a long sentence that takes quite a while to say, so that there is time to do something in between."


async def test_a_text_answer_comes_in_the_order_of_the_service() -> None:
    async with Simulator(Given("Good morning.")) as simulator, connect(simulator) as wire:
        done = await wire.ask("response.create", "response.done", response={**TEXT, "metadata": {"k": "v"}})
        await wire.until("rate_limits.updated")

        assert wire.kinds()[1:] == [
            "response.created",
            "response.output_item.added",
            "conversation.item.added",
            "response.content_part.added",
            "response.output_text.delta",
            "response.output_text.done",
            "response.content_part.done",
            "conversation.item.done",
            "response.output_item.done",
            "response.done",
            "rate_limits.updated",
        ]
        assert wire.seen[4]["part"] == {"type": "text", "text": ""}
        response = done["response"]
        assert (response["status"], response["metadata"]) == ("completed", {"k": "v"})
        assert response["output"][0]["content"] == [{"type": "output_text", "text": "Good morning."}]
        assert response["usage"]["output_token_details"] == {"text_tokens": 4, "audio_tokens": 0}


async def test_an_audio_answer_is_real_speech_with_its_transcript_ahead() -> None:
    async with Simulator(Given("Good morning, how can I help?")) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.done")

        kinds = wire.kinds()
        assert kinds[4:7] == [
            "response.content_part.added",
            "response.output_audio_transcript.delta",
            "response.output_audio.delta",
        ]
        assert kinds[-6:] == [
            "response.output_audio.done",
            "response.output_audio_transcript.done",
            "response.content_part.done",
            "conversation.item.done",
            "response.output_item.done",
            "response.done",
        ]
        audio = [e for e in wire.seen if e["type"] == "response.output_audio.delta"]
        words = [e["delta"] for e in wire.seen if e["type"] == "response.output_audio_transcript.delta"]
        seconds = sum(len(base64.b64decode(e["delta"])) for e in audio) / 48_000
        assert 1.0 < seconds < 3.5
        assert words == ["Good ", "morning, ", "how ", "can ", "I ", "help?"]
        usage = wire.seen[-1]["response"]["usage"]
        assert usage["output_token_details"]["audio_tokens"] == pytest.approx(seconds * 20, abs=1)


async def test_a_response_may_hold_a_message_and_calls() -> None:
    reply: list[Say | CallTool] = [Say("One moment."), CallTool("find_order", {"n": 10001}), CallTool("end_call", {})]
    async with Simulator(Given(reply)) as simulator, connect(simulator) as wire:
        done = await wire.ask("response.create", "response.done", response=TEXT)

        output = done["response"]["output"]
        assert [item["type"] for item in output] == ["message", "function_call", "function_call"]
        assert [item.get("arguments") for item in output] == [None, '{"n": 10001}', "{}"]
        added = [e for e in wire.seen if e["type"] == "response.output_item.added"]
        assert [e["output_index"] for e in added] == [0, 1, 2]
        assert added[1]["item"]["arguments"] == ""
        deltas = [e for e in wire.seen if e["type"] == "response.function_call_arguments.delta"]
        assert {e["call_id"] for e in deltas} == {item["call_id"] for item in output[1:]}


@pytest.mark.parametrize(
    ("reasoning", "phases"),
    [(True, ["commentary", "commentary", "final_answer", None]), (False, [None, None, None, None])],
)
async def test_messages_of_a_reasoning_model_tell_their_phase(reasoning: bool, phases: list[str | None]) -> None:
    asked: list[Say | CallTool] = [Say("Let me look."), CallTool("find_order", {})]
    told: list[Say | CallTool] = [Say("I have it."), Say("It is on its way.")]
    async with Simulator(Given(asked, told), Options(reasoning=reasoning)) as simulator, connect(simulator) as wire:
        first = (await wire.ask("response.create", "response.done", response=TEXT))["response"]["output"]
        second = (await wire.ask("response.create", "response.done", response=TEXT))["response"]["output"]
        added = [e["item"] for e in wire.seen if e["type"] == "response.output_item.added"]

        assert [item.get("phase") for item in (first[0], *second, first[1])] == phases
        assert [item.get("phase") for item in (added[0], *added[2:], added[1])] == phases
        assert [item["content"][0]["text"] for item in second] == ["I have it.", "It is on its way."]


async def test_only_one_response_is_active_at_a_time() -> None:
    async with Simulator(Given(LONG)) as simulator, connect(simulator) as wire:
        created = await wire.ask("response.create", "response.created")
        error = await wire.error("response.create")

        assert error["code"] == "conversation_already_has_active_response"
        assert created["response"]["id"] in error["message"]


async def test_an_out_of_band_response_runs_beside_and_leaves_no_item() -> None:
    mind = Given(LONG, "A summary.")
    async with Simulator(mind) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.created")
        aside = {**TEXT, "conversation": "none", "input": [], "instructions": "Summarise."}
        created = await wire.ask("response.create", "response.created", response=aside)
        wire.seen.clear()
        done = await wire.until("response.done")

        assert created["response"]["conversation_id"] is None
        assert done["response"]["id"] == created["response"]["id"]
        assert mind.requests[1].items == ()
        assert not [e for e in wire.seen if e["type"].startswith("conversation.item")]


async def test_a_cancelled_response_ends_with_all_its_events() -> None:
    async with Simulator(Given(LONG)) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.output_audio.delta")
        done = await wire.ask("response.cancel", "response.done")

        response = done["response"]
        assert response["status"] == "cancelled"
        assert response["status_details"] == {"type": "cancelled", "reason": "client_cancelled"}
        item = response["output"][0]
        assert item["status"] == "incomplete"
        assert LONG.startswith(item["content"][0]["transcript"])
        assert item["content"][0]["transcript"] != LONG
        assert (await wire.error("response.cancel"))["message"] == "Cancellation failed: no active response found"
        await wire.ask("response.create", "response.created")


async def test_the_largest_answer_is_cut_as_incomplete() -> None:
    async with Simulator(Given(LONG)) as simulator, connect(simulator) as wire:
        done = await wire.ask("response.create", "response.done", response={**TEXT, "max_output_tokens": 5})

        assert done["response"]["status_details"] == {"type": "incomplete", "reason": "max_output_tokens"}


async def test_a_mind_without_an_answer_is_told_and_remembered() -> None:
    async with Simulator(Lost()) as simulator, connect(simulator) as wire:
        await wire.send("response.create", response=TEXT)
        error = (await wire.until("error"))["error"]
        done = await wire.until("response.done")

        assert error["message"] == "nothing matches what the caller said"
        assert done["response"]["status"] == "failed"
        assert simulator.errors[0].error["code"] == "mind_error"


async def load(wire: Wire, kind: str = "output_text") -> None:
    item = {"type": "message", "role": "assistant", "content": [{"type": kind, "text": "Earlier."}]}
    await wire.ask("conversation.item.create", "conversation.item.done", item=item)


@pytest.mark.parametrize(
    ("drift", "loaded", "part"),
    [
        ("off", True, "audio"),
        ("loaded-text", True, "text"),
        ("loaded-text", False, "audio"),
        ("any-text", False, "text"),
    ],
)
async def test_text_in_the_history_makes_an_audio_session_drift(drift: TextDrift, loaded: bool, part: str) -> None:
    async with Simulator(Given(), Options(text_drift=drift)) as simulator, connect(simulator) as wire:
        if loaded:
            await load(wire)
        else:
            await wire.ask("response.create", "response.done", response=TEXT)

        added = await wire.ask("response.create", "response.content_part.added")
        done = await wire.until("response.done")

        assert added["part"]["type"] == part
        assert done["response"]["output_modalities"] == ["audio"]


@pytest.mark.parametrize(("drifts", "part"), [(False, "audio"), (True, "text")])
async def test_a_response_that_asks_for_audio_gets_it_unless_told_otherwise(drifts: bool, part: str) -> None:
    options = Options(text_drift="loaded-text", asked_audio_drifts=drifts)
    async with Simulator(Given(), options) as simulator, connect(simulator) as wire:
        await load(wire)
        response = {"output_modalities": ["audio"]}
        added = await wire.ask("response.create", "response.content_part.added", response=response)
        assert added["part"]["type"] == part


async def test_the_prompt_of_the_last_response_is_cached_until_the_instructions_change() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        cached = []
        for instructions in ("a" * 1000, "a" * 1000, "b" * 1000):
            session = {"type": "realtime", "instructions": instructions}
            await wire.ask("session.update", "session.updated", session=session)
            done = await wire.ask("response.create", "response.done", response=TEXT)
            cached.append(done["response"]["usage"]["input_token_details"]["cached_tokens"])

        assert cached == [0, 192, 0]


async def test_times_are_options() -> None:
    options = Options(connect_delay=0.1, round_trip=0.1, first_audio=0.2)
    async with Simulator(Given("Yes."), options) as simulator:
        begun = time.monotonic()
        async with connect(simulator) as wire:
            connected = time.monotonic()
            await wire.ask("response.create", "response.created")
            created = time.monotonic()
            await wire.until("response.output_audio.delta")
            heard = time.monotonic()

        assert connected - begun >= 0.25
        assert 0.1 <= created - connected < 0.2
        assert heard - begun >= 0.45
        assert heard - created >= 0.18


async def test_a_first_word_takes_hardly_longer_than_any_answer() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        words, updates = [], []
        for _ in range(20):
            begun = time.perf_counter()
            await wire.ask("session.update", "session.updated", session={"type": "realtime"})
            updates.append(time.perf_counter() - begun)
            begun = time.perf_counter()
            await wire.ask("response.create", "response.output_text.delta", response=TEXT)
            words.append(time.perf_counter() - begun)
            await wire.until("rate_limits.updated")

        assert median(words) < 15 * median(updates)


async def test_audio_comes_at_the_pace_of_the_options() -> None:
    async with Simulator(Given("Good morning."), Options(pace=4.0)) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.content_part.added")
        begun = time.monotonic()
        done = await wire.until("response.done")
        took = time.monotonic() - begun

        seconds = done["response"]["usage"]["output_token_details"]["audio_tokens"] / 20
        assert took == pytest.approx(seconds / 4, abs=0.15)


async def test_an_answer_below_the_largest_is_not_cut_and_a_fault_beyond_its_end_happens_at_its_end() -> None:
    async with Simulator(Given("Yes.", "Yes.")) as simulator, connect(simulator) as wire:
        response = {**TEXT, "max_output_tokens": 500}
        done = await wire.ask("response.create", "response.done", response=response)
        simulator.faults.add("content_filter", after_chars=500)
        cut = await wire.ask("response.create", "response.done", response=response)

        assert done["response"]["status"] == "completed"
        assert cut["response"]["status_details"]["reason"] == "content_filter"
