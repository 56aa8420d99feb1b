"""Our simulator against recordings: of itself, in which nothing differs, and of others, whose differences are named."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.comparison import compare
from simulator.mind import CallTool, Say
from simulator.options import Options
from simulator.recording import Recording, RecordingError
from simulator.server import Simulator
from simulator.tape import Recorder
from simulator.voice import Voice
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, SILENCE, Event, Wire, connect
from tests.simulator.written import OPENING

Talk = Callable[[Wire, str], Awaitable[None]]
TOOL = {"type": "function", "name": "find_order", "description": "Finds it.", "parameters": {"type": "object"}}
CALL = CallTool("find_order", {"order_number": "10042"})
QUESTION = {"type": "message", "role": "user", "content": [{"type": "input_text", "text": "Where is my order?"}]}
LONG = "I have looked at it, and it will be with you tomorrow, in the morning, between nine and eleven. " * 2


def session(path: str, **fields: Any) -> Event:
    return fields | ({"type": "realtime"} if path == GA else {})


def heard(path: str) -> Event:
    """Settings for turns that are detected and transcribed."""
    model, detection = {"model": "gpt-4o-mini-transcribe"}, {"type": "server_vad", "silence_duration_ms": 300}
    if path == PREVIEW:
        return session(path, input_audio_transcription=model, turn_detection=detection)
    return session(path, audio={"input": {"transcription": model, "turn_detection": detection}})


async def with_a_tool(wire: Wire, path: str) -> None:
    await wire.ask("session.update", "session.updated", session=session(path, tools=[TOOL], instructions="Be kind."))
    await wire.send("conversation.item.create", item=QUESTION)
    done = await wire.ask("response.create", "response.done", response={"metadata": {"by": "me"}})
    call = done["response"]["output"][-1]["call_id"]
    output = {"id": "mine", "type": "function_call_output", "call_id": call, "output": "Tomorrow."}
    await wire.send("conversation.item.create", item=output)
    await wire.ask("response.create", "response.done")


async def with_mistakes(wire: Wire, path: str) -> None:
    await wire.socket.send_str("no JSON")
    await wire.until("error")
    await wire.ask("conversation.item.delete", "error", item_id="nothing", event_id="mine")
    await wire.ask("conversation.item.create", "error", item={"type": "message"})
    done = await wire.ask("response.create", "response.done")
    item = done["response"]["output"][0]["id"]
    place = {"content_index": 0, "audio_end_ms": 100}
    await wire.ask("conversation.item.truncate", "conversation.item.truncated", item_id=item, **place)
    await wire.ask("conversation.item.retrieve", "conversation.item.retrieved", item_id=item)
    await wire.ask("conversation.item.delete", "conversation.item.deleted", item_id=item)


async def with_a_cancelled_answer(wire: Wire, path: str) -> None:
    await wire.send("conversation.item.create", item=QUESTION)
    await wire.ask("response.create", "response.content_part.added")
    kind = "response.output_audio.delta" if path == GA else "response.audio.delta"
    for _ in range(5):
        await wire.until(kind)
    await wire.ask("response.cancel", "response.done")


async def with_a_cancelled_answer_by_phone(wire: Wire, path: str) -> None:
    ga: Event = {"audio": {"output": {"format": {"type": "audio/pcmu"}}}}
    shape: Event = {"output_audio_format": "g711_ulaw"} if path == PREVIEW else ga
    await wire.ask("session.update", "session.updated", session=session(path, **shape))
    await with_a_cancelled_answer(wire, path)


async def spoken(wire: Wire, path: str) -> None:
    """A turn that is detected; the answer is spoken over, and the second turn is answered in peace."""
    await wire.ask("session.update", "session.updated", session=heard(path))
    for words in ("Where is my order, please?", "Wait, I want to cancel my order."):
        speech = await Voice().speak(words, "echo")
        await wire.append(SILENCE * 3 + speech.pcm + SILENCE * 8)
        await wire.until("response.content_part.added")
    await wire.until("response.done")


REPLIES: dict[Talk, list[Any]] = {
    with_a_tool: [[Say("One moment."), CALL]],
    with_mistakes: [],
    with_a_cancelled_answer: [LONG],
    with_a_cancelled_answer_by_phone: [LONG],
    spoken: [LONG],
}


async def recorded(talk: Talk, path: str, folder: Path, *replies: Any, **options: Any) -> Path:
    mind = Given(*replies, hears=["Where is my order?", "Cancel my order."], otherwise="It comes tomorrow.")
    simulator = Simulator(mind, Options(**options), recorder=Recorder(folder))
    async with simulator, connect(simulator, path) as wire:
        await talk(wire, path)
    (file,) = folder.glob("*.jsonl")  # noqa: ASYNC240 - a test's own folder
    return file


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
@pytest.mark.parametrize("talk", REPLIES, ids=lambda talk: talk.__name__)
async def test_nothing_differs_from_a_recording_of_ourselves(talk: Talk, path: str, tmp_path: Path) -> None:
    file = await recorded(talk, path, tmp_path, *REPLIES.get(talk, ()))
    assert await compare(Recording.load(file)) == []


@pytest.mark.parametrize(
    ("options", "told"),
    [
        ({"item_object": True}, r"line \d+: conversation\.item\.added: item\.object: is missing in ours"),
        ({"obfuscation": False}, r"line \d+: response\.output_audio\.delta: obfuscation: is only in ours"),
        ({"item_done_first": False}, r"line \d+: \S+\.done comes after \S+ in the recording, and in ours after \S+"),
        ({"conversation_created": "both"}, r"line 3: conversation\.created is missing in ours"),
        ({"rate_limits_updated": False}, r"after line \d+: rate_limits\.updated is only in ours"),
        (
            {"error_codes": {"delete_unknown": "gone"}},
            r"line \d+: error: error\.code: gone in the recording, item_delete_invalid_item_id in ours",
        ),
        ({"ga_seconds": 0.0}, r"line \d+: close is missing in ours"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
async def test_where_another_service_differs_is_named(options: dict[str, Any], told: str, tmp_path: Path) -> None:
    async def a_mistake_and_two_answers(wire: Wire, path: str) -> None:
        if "ga_seconds" in options:
            await wire.closed()
            return
        await wire.ask("conversation.item.delete", "error", item_id="nothing")
        await wire.send("conversation.item.create", item=QUESTION)
        await wire.ask("response.create", "response.done")
        await wire.ask("response.create", "response.done")

    file = await recorded(a_mistake_and_two_answers, GA, tmp_path, **options)
    found = await compare(Recording.load(file))
    assert any(re.fullmatch(told, each) for each in found), found
    assert await compare(Recording.load(file), Options(**options)) == []


async def test_a_changed_recording_of_ourselves_differs_where_it_was_changed(tmp_path: Path) -> None:
    file = await recorded(with_a_tool, GA, tmp_path, *REPLIES[with_a_tool])
    lines = file.read_text().splitlines(keepends=True)
    number = next(n for n, line in enumerate(lines, 1) if '"response.function_call_arguments.done"' in line)
    file.write_text("".join(lines[: number - 1] + lines[number:]))
    (told,) = await compare(Recording.load(file))
    assert re.fullmatch(r"after line \d+: response\.function_call_arguments\.done is only in ours", told)
    assert int(told.split()[2].rstrip(":")) < number


async def test_a_recording_that_the_simulator_has_no_path_for_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "x.jsonl"
    opening = OPENING | {"path": "/elsewhere"}
    file.write_text(f"{json.dumps(opening)}\n" + json.dumps({"at": 0, "from": "client", "text": "x"}))
    with pytest.raises(RecordingError, match=r"^x\.jsonl:1: the simulator refuses it: 404$"):
        await compare(Recording.load(file))
