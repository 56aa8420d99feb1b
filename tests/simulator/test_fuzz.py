"""Valid events with one thing wrong, in both dialects: the session survives each of them, and goes on as it was."""

from __future__ import annotations

import base64
import json
import logging
import random

import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.mutation import Json, Mutations
from tests.simulator.wire import GA, PREVIEW, SILENCE, Event, Wire, connect

ROUNDS = 700
OPTIONS = Options(detector="energy", prompts={"pmpt_1": {"2": "Be kind to {{who}}. Sell {{what}}."}})
GARBAGE = '{}[]:,"\\ud801e-.é\U0001f600 '
AUDIO = base64.b64encode(SILENCE).decode()
PICTURE = "data:image/png;base64,iVBORw0KGgo="
TOOL = {"type": "function", "name": "look", "description": "Looks.", "parameters": {"type": "object", "properties": {}}}
CHOICE = {"type": "function", "name": "look"}
VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200,
       "create_response": False, "interrupt_response": True}  # fmt: skip
SEMANTIC = {"type": "semantic_vad", "eagerness": "low", "create_response": False, "interrupt_response": False}
WHISPER = {"model": "whisper-1", "language": "en", "prompt": "orders"}
PROMPT = {"id": "pmpt_1", "version": "2", "variables": {"who": "Anna", "what": {"type": "input_text", "text": "Vases"}}}
SHARED = {"instructions": "Be kind.", "tools": [TOOL], "tool_choice": "auto", "tracing": None}
GA_SESSION = SHARED | {
    "type": "realtime", "model": "gpt-realtime", "output_modalities": ["text"], "max_output_tokens": 900,
    "truncation": {"type": "retention_ratio", "retention_ratio": 0.5, "token_limits": {"post_instructions": 9000}},
    "include": ["item.input_audio_transcription.logprobs"], "reasoning": {"effort": "low"},
    "prompt": PROMPT,
    "parallel_tool_calls": True,
    "audio": {
        "input": {"format": {"type": "audio/pcm", "rate": 24000}, "transcription": WHISPER, "turn_detection": VAD,
                  "noise_reduction": {"type": "near_field"}},
        "output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin", "speed": 1.2},
    },
}  # fmt: skip
PREVIEW_SESSION = SHARED | {
    "model": "gpt-realtime", "modalities": ["text"], "voice": "sage", "speed": 1.2, "input_audio_format": "pcm16",
    "output_audio_format": "pcm16", "input_audio_transcription": WHISPER, "turn_detection": VAD, "temperature": 0.7,
    "input_audio_noise_reduction": {"type": "near_field"}, "max_response_output_tokens": 900,
}  # fmt: skip
GA_RESPONSE = {
    "output_modalities": ["text"], "instructions": "Be brief.", "tools": [TOOL], "tool_choice": CHOICE,
    "max_output_tokens": 100, "metadata": {"topic": "orders"}, "conversation": "none",
    "audio": {"output": {"format": {"type": "audio/pcm", "rate": 24000}, "voice": "marin"}},
    "reasoning": {"effort": "low"}, "parallel_tool_calls": False, "prompt": PROMPT,
}  # fmt: skip
PREVIEW_RESPONSE = {
    "modalities": ["text"], "instructions": "Be brief.", "tools": [TOOL], "tool_choice": "required", "voice": "sage",
    "max_response_output_tokens": 100, "metadata": {"topic": "orders"}, "conversation": "none", "temperature": 0.7,
    "output_audio_format": "pcm16",
}  # fmt: skip


def message(role: str, **part: Json) -> Event:
    return {"type": "message", "role": role, "status": "completed", "content": [part]}


def items(text: str) -> list[Event]:
    """One item of each kind; `text` is what an assistant's text is called."""
    return [
        message("user", type="input_text", text="Hello."),
        message("user", type="input_audio", audio=AUDIO, transcript="Hello."),
        message("system", type="input_text", text="It is late."),
        message("assistant", type=text, text="Good evening."),
        {"type": "function_call", "call_id": "c1", "name": "look", "arguments": "{}"},
        {"type": "function_call_output", "call_id": "c1", "output": "nothing"},
    ]


def events(session: Event, response: Event, semantic: Event, text: str) -> list[Event]:
    """Every client event, with all that it may hold."""
    asked = {"type": "response.create", "event_id": "e1", "response": response}
    reference = {"type": "item_reference", "id": "known"}
    return [
        *[{"type": "session.update", "event_id": "e1", "session": session}] * 6,
        {"type": "session.update", "session": semantic},
        {"type": "input_audio_buffer.append", "audio": AUDIO},
        {"type": "input_audio_buffer.commit", "event_id": "e1"},
        {"type": "input_audio_buffer.clear", "event_id": "e1"},
        *({"type": "conversation.item.create", "previous_item_id": "known", "item": item} for item in items(text)),
        {"type": "conversation.item.retrieve", "item_id": "known"},
        {"type": "conversation.item.delete", "item_id": "nobody"},
        {"type": "conversation.item.truncate", "item_id": "known", "content_index": 0, "audio_end_ms": 100},
        *[asked] * 3,
        asked | {"response": response | {"input": [*items(text)[:4], reference]}},
        {"type": "response.cancel", "response_id": "nobody"},
    ]


GA_EVENTS = [
    *events(
        GA_SESSION, GA_RESPONSE, {"type": "realtime", "audio": {"input": {"turn_detection": SEMANTIC}}}, "output_text"
    ),
    {"type": "conversation.item.create", "item": message("user", type="input_image", image_url=PICTURE, detail="low")},
    {"type": "session.update", "session": {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcmu"}}}}},
]
PREVIEW_EVENTS = [
    *events(PREVIEW_SESSION, PREVIEW_RESPONSE, {"turn_detection": SEMANTIC}, "text"),
    {"type": "session.update", "session": {"input_audio_format": "g711_alaw", "output_audio_format": "g711_ulaw"}},
]
QUIET: dict[str, Event] = {GA: {"type": "realtime", "output_modalities": ["text"]}, PREVIEW: {"modalities": ["text"]}}
"""No sound is made: it would only take time."""


class Session:
    """A session that is told wrong things."""

    def __init__(self, wire: Wire, path: str) -> None:
        self._wire = wire
        self._quiet = QUIET[path]

    async def begin(self) -> None:
        """With an item to refer to."""
        await self._wire.send(
            "conversation.item.create", item=message("user", type="input_text", text="x") | {"id": "known"}
        )
        await self._wire.ask("session.update", "session.updated", session=self._quiet)

    async def suffer(self, event: Event) -> None:
        """Hear the event; it either takes effect or changes nothing, and a turn can follow."""
        before = await self._session()
        heard = await self._hear(json.dumps(event))
        if errors := [body["error"] for body in heard if body["type"] == "error"]:
            assert len(errors) == 1
            assert (errors[0]["type"], len(heard)) == ("invalid_request_error", 1), (event, heard)
            assert await self._session() == before, event
        elif event["type"] == "session.update":
            await self._turn()

    async def _session(self) -> Event:
        await self._wire.send("session.update", session=self._quiet)
        session: Event = (await self._wire.until("session.updated"))["session"]
        return session

    async def _hear(self, frame: str) -> list[Event]:
        await self._wire.socket.send_str(frame)
        heard = await self._settled()
        for created in [event for event in heard if event["type"] == "response.created"]:
            if not any(
                e["type"] == "response.done" and e["response"]["id"] == created["response"]["id"] for e in heard
            ):
                await self._wire.until("response.done")
        return heard

    async def _settled(self) -> list[Event]:
        begun = len(self._wire.seen)
        await self._wire.ask("conversation.item.retrieve", "conversation.item.retrieved", item_id="known")
        return self._wire.seen[begun:-1]

    async def _turn(self) -> None:
        await self._wire.append(SILENCE * 2)
        await self._wire.send("input_audio_buffer.commit")
        await self._wire.ask(
            "response.create", "response.done", response={"conversation": "none", "tool_choice": "auto"}
        )


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_garbage_is_answered_with_an_error_each_time(path: str) -> None:
    dice = random.Random(13)
    async with Simulator(Given()) as simulator, connect(simulator, path) as wire:
        for _ in range(300):
            await wire.socket.send_str("".join(dice.choices(GARBAGE, k=dice.randrange(40))))
            await wire.socket.send_bytes(dice.randbytes(20))
            error = (await wire.until("error"))["error"]
            assert error["code"] in ("invalid_json", "invalid_event", "missing_required_parameter")
            assert (await wire.until("error"))["error"]["code"] == "invalid_event"
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")


@pytest.mark.parametrize(("path", "events"), [(GA, GA_EVENTS), (PREVIEW, PREVIEW_EVENTS)], ids=["ga", "preview"])
async def test_a_session_survives_whatever_is_wrong_in_an_event(
    path: str, events: list[Event], caplog: pytest.LogCaptureFixture
) -> None:
    mutations = Mutations(seed=13)
    async with (
        Simulator(Given(otherwise="Yes."), OPTIONS) as simulator,
        connect(simulator, path) as wire,
    ):
        session = Session(wire, path)
        await session.begin()
        for _ in range(ROUNDS):
            await session.suffer(mutations.of(events))
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]
