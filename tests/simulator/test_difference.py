"""What counts as a difference between two servers' words, and what does not."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from simulator.difference import differences
from tests.simulator.written import Line, recording

Events = list[dict[str, Any]]
Change = Callable[[Events], object]
ANSWER = {"response_id": "resp_1", "item_id": "item_2", "output_index": 0, "content_index": 0}
WORDS = "It comes tomorrow, at 9."


def said() -> Events:
    """What a server says in a short session."""
    item = {"id": "item_2", "type": "message", "role": "assistant", "status": "completed"}
    content = [{"type": "output_audio", "transcript": WORDS}]
    usage = {"total_tokens": 90, "input_token_details": {"cached_tokens": 0}}
    response: dict[str, Any] = {"id": "resp_1", "status": "in_progress", "output": [], "usage": None}
    done = {"id": "resp_1", "status": "completed", "output": [{**item, "content": content}], "usage": usage}
    detection = {"turn_detection": {"threshold": 0.5}}
    session: dict[str, Any] = {"id": "sess_1", "expires_at": 1, "audio": {"input": detection}, "tools": []}
    session["metadata"] = {"of": None}
    return [
        {"type": "session.created", "event_id": "event_1", "session": session},
        {"type": "conversation.item.added", "previous_item_id": None, "item": {"id": "item_1", "type": "message"}},
        {"type": "response.created", "response": response},
        {"type": "response.output_item.added", "response_id": "resp_1", "item": {**item, "status": "in_progress"}},
        {"type": "response.output_audio_transcript.delta", **ANSWER, "delta": "It comes"},
        {"type": "response.output_audio.delta", **ANSWER, "delta": ""},
        {"type": "response.output_audio.delta", **ANSWER, "delta": ""},
        {"type": "conversation.item.input_audio_transcription.completed", "item_id": "item_1", "transcript": "Hello."},
        {"type": "response.output_audio_transcript.done", **ANSWER, "transcript": WORDS},
        {"type": "response.output_item.done", "response_id": "resp_1", "item": {**item, "content": content}},
        {"type": "conversation.item.done", "previous_item_id": "item_1", "item": {**item, "content": content}},
        {"type": "response.done", "response": done},
        {"type": "rate_limits.updated", "rate_limits": [{"name": "tokens", "remaining": 9}]},
    ]


def place(events: Events, kind: str) -> int:
    return [event["type"] for event in events].index(kind)


def at(kind: str, *path: str | int, value: Any) -> Change:
    """Put another value into the first event of a kind."""

    def change(events: Events) -> None:
        inner: Any = events[place(events, kind)]
        for key in path[:-1]:
            inner = inner[key]
        inner[path[-1]] = value

    return change


def without(kind: str) -> Change:
    return lambda events: events.pop(place(events, kind))


def moved(kind: str, before: str) -> Change:
    def change(events: Events) -> None:
        event = events.pop(place(events, kind))
        events.insert(place(events, before), event)

    return change


def renamed(old: str, new: str) -> Change:
    def change(events: Events) -> None:
        events[:] = json.loads(json.dumps(events).replace(f'"{old}"', f'"{new}"'))

    return change


def nothing(events: Events) -> None:
    """As it is."""


def found(
    folder: Path, change: Change, *, in_ours: Change = nothing, left: bool = True, last: str | None = None
) -> list[str]:
    """The differences from a recording in which `change` was made; `last` is what its client says in the end."""
    theirs, ours = said(), said()
    change(theirs)
    in_ours(ours)
    lines: list[Line] = [{"at": 0.1, "from": "server", "event": event} for event in theirs]
    lines += [{"at": 0.1, "from": "client", "event": {"type": last}}] if last else []
    lines += [{"at": 0.1, "from": "client", "close": 1000}] if left else []
    return differences(recording(folder, *lines), ours)


@pytest.mark.parametrize(
    "change",
    [
        nothing,
        renamed("item_2", "item_9"),
        renamed("resp_1", "resp_77"),
        at("session.created", "event_id", value="event_9"),
        at("session.created", "session", "expires_at", value=99),
        at("response.done", "response", "usage", "total_tokens", value=5),
        at("rate_limits.updated", "rate_limits", 0, "remaining", value=5),
        at("response.output_audio_transcript.delta", "delta", value="It"),
        at("response.output_audio_transcript.done", "transcript", value="it comes  tomorrow at 9"),
        at("response.output_audio_transcript.done", "transcript", value="[left out]"),
        without("response.output_audio.delta"),
        moved("response.output_audio.delta", "response.output_audio_transcript.delta"),
        moved("conversation.item.input_audio_transcription.completed", "response.created"),
        moved("rate_limits.updated", "response.done"),
    ],
)
def test_ids_times_counts_pieces_and_the_look_of_words_are_no_difference(change: Change, tmp_path: Path) -> None:
    assert found(tmp_path, change) == []


SECRET = "Amelia"


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (
            at("session.created", "session", "audio", "input", "turn_detection", "threshold", value=0.4),
            "line 2: session.created: session.audio.input.turn_detection.threshold: 0.4 in the recording, 0.5 in ours",
        ),
        (
            at("session.created", "session", "voice", value="alloy"),
            "line 2: session.created: session.voice: is missing in ours",
        ),
        (
            at("session.created", "session", "tools", value=[{}]),
            "line 2: session.created: session.tools: 1 entries in the recording, 0 in ours",
        ),
        (
            at("session.created", "session", "tools", value=None),
            "line 2: session.created: session.tools: null in the recording, a list in ours",
        ),
        (
            at("response.done", "response", "status", value="failed"),
            "line 13: response.done: response.status: failed in the recording, completed in ours",
        ),
        (
            at("response.output_audio_transcript.done", "transcript", value=SECRET),
            "line 10: response.output_audio_transcript.done: transcript: other words in ours",
        ),
        (
            at("response.output_audio_transcript.done", "transcript", value="It comes"),
            "line 10: response.output_audio_transcript.done: transcript: other words in ours",
        ),
        (
            at("session.created", "session", "metadata", value={"of": SECRET}),
            "line 2: session.created: session.metadata.of: words in the recording, null in ours",
        ),
        (
            at("conversation.item.done", "previous_item_id", value="item_2"),
            "line 12: conversation.item.done: previous_item_id: names something else",
        ),
        (
            at("conversation.item.done", "previous_item_id", value=None),
            "line 12: conversation.item.done: previous_item_id: null in the recording, item_1 in ours",
        ),
        (
            moved("conversation.item.done", "response.output_item.done"),
            "line 12: response.output_item.done comes after conversation.item.done in the recording, "
            "and in ours after response.output_audio_transcript.done",
        ),
        (
            at("session.created", "session", "tools", value={}),
            "line 2: session.created: session.tools: an object in the recording, a list in ours",
        ),
        (without("response.output_item.added"), "after line 4: response.output_item.added is only in ours"),
        (without("response.done"), "after line 12: response.done is only in ours"),
        (
            without("response.output_audio_transcript.delta"),
            "after line 1: response.output_audio_transcript.delta is only in ours",
        ),
        (lambda events: events.insert(2, {"type": "new"}), "line 4: new is missing in ours"),
        (lambda events: events.insert(2, {"kind": "new"}), "line 4: no event is missing in ours"),
    ],
)
def test_a_difference_is_named_by_line_and_place_and_never_in_peoples_words(
    change: Change, told: str, tmp_path: Path
) -> None:
    texts = found(tmp_path, change, left=False)
    assert told in texts
    assert SECRET not in " ".join(texts)


def test_where_an_answer_was_cut_off_is_chance(tmp_path: Path) -> None:
    def cut(words: str) -> Change:
        def change(events: Events) -> None:
            events[:] = json.loads(json.dumps(events).replace(WORDS, words).replace('"completed"', '"cancelled"'))

        return change

    assert found(tmp_path, cut("It comes"), in_ours=cut("It comes tomorrow")) == []
    assert found(tmp_path, cut("It comes"), in_ours=cut("Never"))


def test_where_one_answer_was_cut_off_another_is_whole(tmp_path: Path) -> None:
    def shorter(events: Events) -> None:
        done = {"type": "response.done", "response": {"id": "resp_0", "status": "cancelled", "output": [{}, {"id": 5}]}}
        events.append(done)
        at("response.output_audio_transcript.done", "transcript", value="It comes")(events)

    told = "line 10: response.output_audio_transcript.done: transcript: other words in ours"
    assert told in found(tmp_path, shorter)


def test_all_that_is_missing_is_named_and_all_that_is_too_much(tmp_path: Path) -> None:
    def two_gone(events: Events) -> None:
        without("conversation.item.added")(events)
        without("conversation.item.done")(events)

    assert found(tmp_path, two_gone, left=False) == [
        "after line 2: conversation.item.added is only in ours",
        "after line 10: conversation.item.done is only in ours",
    ]
    assert found(tmp_path, nothing, in_ours=two_gone, left=False) == [
        "line 3: conversation.item.added is missing in ours",
        "line 12: conversation.item.done is missing in ours",
    ]


def test_a_goodbye_is_compared_by_its_code(tmp_path: Path) -> None:
    theirs = recording(tmp_path, {"at": 1, "from": "server", "close": 1001})
    assert differences(theirs, [{"type": "close", "code": 1001}]) == []
    told = differences(theirs, [{"type": "close", "code": 1000}])
    assert told == ["line 2: close: code: 1001 in the recording, 1000 in ours"]


def test_what_was_on_its_way_when_the_client_left_is_no_difference(tmp_path: Path) -> None:
    late = without("rate_limits.updated")
    assert found(tmp_path, late) == []
    assert found(tmp_path, late, left=False) == ["after line 1: rate_limits.updated is only in ours"]

    def hung_up(events: Events) -> None:
        del events[place(events, "response.output_item.done") :]

    assert found(tmp_path, hung_up) == []


def test_what_answers_a_clients_last_words_is_no_difference_and_audio_has_no_answer(tmp_path: Path) -> None:
    def answered(events: Events) -> None:
        events.append({"type": "conversation.item.added"})

    assert found(tmp_path, nothing, in_ours=answered, last="conversation.item.create") == []
    assert found(tmp_path, nothing, in_ours=answered, last="input_audio_buffer.append")
    assert found(tmp_path, nothing, in_ours=answered, last="conversation.item.create", left=False)


def test_an_answer_that_goes_on_after_its_end_is_a_difference(tmp_path: Path) -> None:
    def twice(events: Events) -> None:
        events.append(copy.deepcopy(events[place(events, "response.done")]))

    assert found(tmp_path, nothing, in_ours=twice) == ["after line 13: response.done is only in ours"]
