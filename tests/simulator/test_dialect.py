"""The preview dialect on the wire."""

from __future__ import annotations

import pytest

from simulator.mind import CallTool, Say
from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, Event, connect


async def test_the_preview_session_is_flat() -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PREVIEW) as wire:
        assert (await wire.next())["type"] == "conversation.created"
        session = {
            "modalities": ["audio", "text"],
            "voice": "sage",
            "input_audio_format": "pcm16",
            "turn_detection": {"type": "server_vad", "silence_duration_ms": 500},
            "temperature": 0.7,
            "max_response_output_tokens": "inf",
        }
        updated = (await wire.ask("session.update", "session.updated", session=session))["session"]

        assert updated["modalities"] == ["audio", "text"]
        assert (updated["voice"], updated["temperature"]) == ("sage", 0.7)
        assert updated["turn_detection"]["silence_duration_ms"] == 500
        assert "audio" not in updated


@pytest.mark.parametrize(
    ("session", "code", "message"),
    [
        ({"type": "realtime"}, "unknown_parameter", "Unknown parameter: 'session.type'."),
        ({"output_modalities": ["text"]}, "unknown_parameter", "Unknown parameter: 'session.output_modalities'."),
        (
            {"modalities": ["audio"]},
            "invalid_value",
            "Invalid modalities: ['audio']. Supported combinations are: ['text'] and ['audio', 'text'].",
        ),
        (
            {"input_audio_format": "mp3"},
            "invalid_value",
            "Invalid value: 'mp3'. Supported values are: 'pcm16', 'g711_ulaw', and 'g711_alaw'.",
        ),
    ],
)
async def test_what_only_ga_has_is_refused(session: Event, code: str, message: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PREVIEW) as wire:
        error = await wire.error("session.update", session=session)
        assert (error["code"], error["message"]) == (code, message)


async def test_preview_answers_have_the_old_names_and_types() -> None:
    reply: list[Say | CallTool] = [Say("One moment."), CallTool("find_order", {})]
    async with Simulator(Given(reply, "Yes.")) as simulator, connect(simulator, PREVIEW) as wire:
        done = await wire.ask("response.create", "response.done")

        kinds = set(wire.kinds())
        assert {"response.audio.delta", "response.audio_transcript.done", "conversation.item.created"} <= kinds
        assert not kinds & {"response.output_audio.delta", "conversation.item.added", "conversation.item.done"}
        response = done["response"]
        assert response["modalities"] == ["audio", "text"]
        assert response["output"][0]["content"] == [{"type": "audio", "transcript": "One moment."}]
        assert response["output"][0]["object"] == "realtime.item"

        wire.seen.clear()
        await wire.ask("response.create", "response.done", response={"modalities": ["text"]})
        assert "response.text.delta" in wire.kinds()
        assert wire.seen[-1]["response"]["output"][0]["content"] == [{"type": "text", "text": "Yes."}]


@pytest.mark.parametrize(
    ("path", "mine", "others"), [(GA, "output_text", "text"), (PREVIEW, "text", "output_text")], ids=["ga", "preview"]
)
async def test_each_dialect_has_its_own_content_types(path: str, mine: str, others: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, path) as wire:
        item = {"type": "message", "role": "assistant", "content": [{"type": mine, "text": "Hi."}]}
        created = "conversation.item.created" if path == PREVIEW else "conversation.item.added"
        shown = await wire.ask("conversation.item.create", created, item=item)
        assert shown["item"]["content"] == [{"type": mine, "text": "Hi."}]

        item["content"] = [{"type": others, "text": "Hi."}]
        assert (await wire.error("conversation.item.create", item=item))["code"] == "invalid_value"


async def test_what_ga_may_add_is_an_option() -> None:
    options = Options(item_object=True, obfuscation=True, conversation_created="both")
    async with Simulator(Given(), options) as simulator, connect(simulator) as wire:
        assert (await wire.next())["type"] == "conversation.created"
        added = await wire.ask("response.create", "conversation.item.added", response={"output_modalities": ["text"]})
        delta = await wire.until("response.output_text.delta")

        assert added["item"]["object"] == "realtime.item"
        assert delta["obfuscation"]
