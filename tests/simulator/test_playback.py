"""A recording answers in the service's place: strictly, or whatever the client does."""

from __future__ import annotations

import json
import re
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any, Literal

import pytest

from simulator.mind import BrokenOff, CallTool, Item, MindError, Modality, Request, Say, Tool
from simulator.playback import LINGER, OVER, Playback
from simulator.recording import Recording
from simulator.retelling import Retelling
from simulator.server import Simulator
from simulator.tape import Recorder
from switchboard.line.sentences import READ_ALOUD
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, Event, Wire, connect, tone
from tests.simulator.written import client, recording, server

Talk = Callable[[Wire], Awaitable[None]]
OWN = "instructions of its own"
TOOL = {"type": "function", "name": "find_order", "description": "", "parameters": {"type": "object"}}
CALL = CallTool("find_order", {"order_number": "10042"})
MANUAL = {"type": "realtime", "audio": {"input": {"turn_detection": None, "transcription": {"model": "whisper-1"}}}}
paths = pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])


def message(text: str, role: str = "user") -> Event:
    return {"type": "message", "role": role, "content": [{"type": "input_text", "text": text}]}


async def call(wire: Wire, words: str = "Where is order 10042?", result: str = "Tomorrow.") -> None:
    """A question, the tool that it takes, and the answer, in text."""
    preview = "modalities" in wire.seen[0]["session"]
    shape = {"modalities": ["text"]} if preview else {"type": "realtime", "output_modalities": ["text"]}
    await wire.ask("session.update", "session.updated", session=shape | {"tools": [TOOL]})
    await wire.send("conversation.item.create", item=message(words))
    done = await wire.ask("response.create", "response.done")
    if done["response"]["status"] == "failed":
        return
    output = {"type": "function_call_output", "call_id": done["response"]["output"][-1]["call_id"], "output": result}
    await wire.send("conversation.item.create", item=output)
    await wire.ask("response.create", "response.done")


async def spoken(wire: Wire) -> None:
    """A turn by voice, committed by hand."""
    await wire.ask("session.update", "session.updated", session=MANUAL)
    await wire.append(tone(0.2))
    await wire.ask("input_audio_buffer.commit", "conversation.item.input_audio_transcription.completed")
    await wire.ask("response.create", "response.done", response={"output_modalities": ["text"]})


async def recorded(mind: Given, talk: Talk, folder: Path, path: str = GA) -> Recording:
    async with Simulator(mind, recorder=Recorder(folder)) as simulator, connect(simulator, path) as wire:
        await talk(wire)
    (file,) = folder.glob("*.jsonl")  # noqa: ASYNC240 - a test's own folder
    return Recording.load(file)


def replies(wire: Wire) -> list[tuple[str, str]]:
    """What was answered: the status, and the words or the call."""
    told = []
    for event in wire.seen:
        if event["type"] == "response.done":
            for item in event["response"]["output"]:
                words = item.get("arguments") or "".join(part["text"] for part in item["content"])
                told.append((event["response"]["status"], words))
    return told


async def test_what_is_read_aloud_meanwhile_is_read_and_takes_no_recorded_answer(tmp_path: Path) -> None:
    kept = await recorded(Given([Say("One moment."), CALL], "It comes tomorrow."), call, tmp_path)
    playback = Playback(kept)
    async with Simulator(playback) as simulator, connect(simulator) as wire:
        aloud = {"conversation": "none", "input": [], "instructions": READ_ALOUD.format(text="Still looking.")}
        done = await wire.ask("response.create", "response.done", response={**aloud, "output_modalities": ["text"]})
        assert done["response"]["output"][0]["content"][0]["text"] == "Still looking."
        await call(wire)
    playback.check()


@paths
async def test_a_client_that_does_the_same_gets_the_same(path: str, tmp_path: Path) -> None:
    kept = await recorded(Given([Say("One moment."), CALL], "It comes tomorrow."), call, tmp_path, path)
    playback = Playback(kept)
    async with Simulator(playback) as simulator:
        for _ in range(2):  # each session from the beginning
            async with connect(simulator, path) as wire:
                await call(wire, words="where is order 10042")
                assert replies(wire) == [
                    ("completed", "One moment."),
                    ("completed", '{"order_number": "10042"}'),
                    ("completed", "It comes tomorrow."),
                ]
    playback.check()


async def test_the_recorded_words_of_a_spoken_turn_are_heard_again(tmp_path: Path) -> None:
    kept = await recorded(Given("Hello.", hears=["Good morning."]), spoken, tmp_path)
    playback = Playback(kept)
    async with Simulator(playback) as simulator, connect(simulator) as wire:
        await spoken(wire)
    transcript = [event["transcript"] for event in wire.seen if event["type"].endswith("transcription.completed")]
    assert transcript == ["Good morning."]
    assert replies(wire) == [("completed", "Hello.")]
    playback.check()


async def other_words(wire: Wire) -> None:
    await call(wire, words="Cancel my order!")


async def other_result(wire: Wire) -> None:
    await call(wire, result="Never.")


async def no_tool(wire: Wire) -> None:
    shape = {"type": "realtime", "output_modalities": ["text"]}
    await wire.ask("session.update", "session.updated", session=shape)
    await wire.send("conversation.item.create", item=message("Where is order 10042?"))
    await wire.ask("response.create", "response.done")


async def in_audio(wire: Wire) -> None:
    await wire.ask("session.update", "session.updated", session={"type": "realtime", "tools": [TOOL]})
    await wire.send("conversation.item.create", item=message("Where is order 10042?"))
    await wire.ask("response.create", "response.done")


async def in_another_role(wire: Wire) -> None:
    shape = {"type": "realtime", "output_modalities": ["text"], "tools": [TOOL]}
    await wire.ask("session.update", "session.updated", session=shape)
    await wire.send("conversation.item.create", item=message("Where is order 10042?", role="system"))
    await wire.ask("response.create", "response.done", response={"instructions": "Be brief."})


async def one_more(wire: Wire) -> None:
    await call(wire)
    await wire.ask("response.create", "response.done")


@pytest.mark.parametrize(
    ("talk", "told"),
    [
        (other_words, r"line \d+ was made of something else: the user item of line \d+ has other words$"),
        (other_result, r"made of something else: the tool item of line \d+ has other words$"),
        (no_tool, "made of something else: without find_order$"),
        (in_audio, "made of something else: it was to be text, not audio$"),
        (in_another_role, r"without instructions of its own; line \d+ has a user item, not a system item$"),
        (one_more, "the recording has no response any more$"),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
async def test_strict_refuses_a_client_that_does_something_else(talk: Talk, told: str, tmp_path: Path) -> None:
    kept = await recorded(Given([CALL], "It comes tomorrow."), call, tmp_path)
    playback = Playback(kept)
    async with Simulator(playback) as simulator, connect(simulator) as wire:
        await talk(wire)
        errors = [event["error"] for event in wire.seen if event["type"] == "error"]
    assert errors[-1]["code"] == "mind_error"
    assert re.search(told, errors[-1]["message"])
    with pytest.raises(AssertionError, match="the recording was not followed") as failure:
        playback.check()
    assert errors[-1]["message"] in str(failure.value)
    assert "Cancel" not in str(failure.value)


async def test_strict_refuses_a_turn_too_many(tmp_path: Path) -> None:
    kept = await recorded(Given("Hello.", hears=["Good morning."]), spoken, tmp_path)
    playback = Playback(kept)
    async with Simulator(playback) as simulator, connect(simulator) as wire:
        await spoken(wire)
        await wire.append(tone(0.2))
        error = await wire.ask("input_audio_buffer.commit", "error")
    assert error["error"]["message"].endswith("the recording has no such spoken turn any more")


async def test_what_a_client_left_out_is_told_in_the_end(tmp_path: Path) -> None:
    kept = await recorded(Given("Hello.", hears=["Good morning."]), spoken, tmp_path)
    with pytest.raises(AssertionError) as failure:
        Playback(kept).check()
    assert "this response was not asked for" in str(failure.value)
    assert "this turn was not spoken" in str(failure.value)


async def test_lenient_goes_on_with_the_response_that_fits_or_the_next(tmp_path: Path) -> None:
    async def two(wire: Wire) -> None:
        shape = {"type": "realtime", "output_modalities": ["text"]}
        await wire.ask("session.update", "session.updated", session=shape)
        await wire.send("conversation.item.create", item=message("First."))
        await wire.ask("response.create", "response.done")
        await wire.send("conversation.item.create", item=message("Second."))
        await wire.ask("response.create", "response.done")

    kept = await recorded(Given("One.", "Two."), two, tmp_path)
    playback = Playback(kept, strict=False)
    async with Simulator(playback) as simulator, connect(simulator) as wire:
        shape = {"type": "realtime", "output_modalities": ["text"]}
        await wire.ask("session.update", "session.updated", session=shape)
        for words in ("First.", "Second."):
            await wire.send("conversation.item.create", item=message(words))
        for _ in range(3):
            await wire.ask("response.create", "response.done")
    assert [words for _, words in replies(wire)] == ["Two.", "One.", OVER]
    assert playback.failures == []


async def test_lenient_listens_to_the_caller_when_no_recorded_turn_is_left(tmp_path: Path) -> None:
    kept = await recorded(Given("Hello.", hears=["Good morning."]), spoken, tmp_path)
    playback = Playback(kept, strict=False)
    assert [playback.hear("one"), playback.hear("one"), playback.hear("other")] == [
        "Good morning.",
        None,
        "Good morning.",
    ]


async def test_a_response_that_failed_fails_again(tmp_path: Path) -> None:
    async def one(wire: Wire) -> None:
        await wire.ask("response.create", "response.done")

    simulator = Simulator(Given("Hello."), recorder=Recorder(tmp_path))
    simulator.faults.add("failed_response", code="out_of_order")
    async with simulator, connect(simulator) as wire:
        await one(wire)
    (file,) = tmp_path.glob("*.jsonl")  # noqa: ASYNC240 - a test's own folder
    playback = Playback(Recording.load(file))
    async with Simulator(playback) as simulator, connect(simulator) as wire:
        await one(wire)
    assert wire.seen[-1]["response"]["status"] == "failed"
    assert wire.seen[-1]["response"]["status_details"]["error"]["code"] == "out_of_order"


async def test_what_has_not_the_shape_of_an_event_tells_nothing(tmp_path: Path) -> None:
    await recorded(Given([CALL], "It comes tomorrow."), call, tmp_path)
    (file,) = tmp_path.glob("*.jsonl")  # noqa: ASYNC240 - a test's own folder
    whole = Retelling.of(Recording.load(file))
    odd: list[Event] = [
        {"type": "conversation.item.added", "item": [1]},
        {"type": "session.updated", "session": 5},
        {"type": "error", "error": "none"},
        {"type": "response.done", "response": {"id": 5, "output": 5}},
        {"type": "input_audio_buffer.timeout_triggered"},
    ]
    more = [json.dumps({"at": 99, "from": "server", "event": event}) for event in odd]
    file.write_text("\n".join([*file.read_text().splitlines(), *more]))
    assert Retelling.of(Recording.load(file)).steps == whole.steps


def request(*items: Item, tools: tuple[str, ...] = (), extra: str = "", modality: Modality = "audio") -> Request:
    return Request("", extra, tuple(Tool(name, "", {}) for name in tools), items, modality, "one")


def brought(text: str, role: str | None = "user", output: str | None = None) -> Item:
    kind: Literal["message", "function_call_output"] = "message" if role else "function_call_output"
    return Item("item_1", kind, role, text, None, None, None, output)


def written(folder: Path, status: str = "completed", **asked: Any) -> Recording:
    """One answer to one question."""
    said = {"type": "message", "content": [{"type": "text", "text": "It comes"}]}
    call = {"type": "function_call", "name": "find_order", "arguments": "{}"}
    return recording(
        folder,
        server("session.created", session={"tools": [TOOL]}),
        server("conversation.item.added", item={"id": "a", **message("Where is it?")}),
        client("response.create", response=asked),
        server("response.created", response={"id": "b"}),
        server("response.done", response={"id": "b", "status": status, "output": [said, call]}),
    )


@pytest.mark.parametrize(
    ("asked", "asks", "told"),
    [
        ({}, request(brought("Where is it?"), tools=("find_order",)), ""),
        ({}, request(brought("where, is it"), brought("", "assistant"), tools=("find_order",)), ""),
        ({"instructions": "Be brief."}, request(brought("Where is it?"), tools=("find_order",), extra="Hurry."), ""),
        ({}, request(brought("Where is it?"), tools=("a", "find_order", "b")), "with a, b"),
        ({}, request(brought("Where is it?")), "without find_order"),
        (
            {},
            request(brought("Where is it?"), tools=("find_order",), extra="Hurry."),
            "without instructions of its own",
        ),
        (
            {"instructions": "x"},
            request(brought("Where is it?"), tools=("find_order",)),
            "with instructions of its own",
        ),
        ({}, request(brought("", None, None), tools=("find_order",)), "line 3 has a user item, not a tool item"),
        ({}, request(tools=("find_order",)), "1 from the client's side, not 0"),
        (
            {},
            request(brought("Where is it?"), brought("Hm?"), tools=("find_order",), modality="text"),
            "it was to be audio, not text; 1 from the client's side, not 2",
        ),
    ],
)
def test_strict_takes_the_same_and_names_what_is_not(asked: Event, asks: Request, told: str, tmp_path: Path) -> None:
    playback = Playback(written(tmp_path, **asked))
    if not told:
        assert playback.answer(asks) == [Say("It comes"), CallTool("find_order", {})]
        return
    with pytest.raises(MindError) as refused:
        playback.answer(asks)
    assert str(refused.value) == f"x.jsonl: the response of line 5 was made of something else: {told}"


def test_a_result_of_nothing_is_the_same_as_an_empty_one(tmp_path: Path) -> None:
    output = {"id": "a", "type": "function_call_output", "output": ""}
    told = recording(tmp_path, server("conversation.item.added", item=output), server("response.created", response={}))
    assert Playback(told).answer(request(brought("", None, None))) == ()


@pytest.mark.parametrize(("status", "times"), [("completed", 1), ("cancelled", LINGER), ("incomplete", LINGER)])
def test_what_was_cut_off_may_linger(status: str, times: int, tmp_path: Path) -> None:
    playback = Playback(written(tmp_path, status), strict=False, lingering=True)
    assert playback.answer(request()) == [Say(" ".join(["It comes"] * times)), CallTool("find_order", {})]


def test_what_was_cut_off_by_the_client_is_said_to_its_end_and_by_the_service_it_is_cut_off_again(
    tmp_path: Path,
) -> None:
    assert Playback(written(tmp_path, "cancelled"), strict=False).answer(request())[0] == Say("It comes")
    with pytest.raises(BrokenOff) as broken:
        Playback(written(tmp_path, "incomplete"), strict=False).answer(request())
    assert (broken.value.how, next(iter(broken.value.said))) == ("incomplete", Say("It comes"))
