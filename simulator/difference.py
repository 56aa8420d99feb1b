"""Where what a server said differs from what a recorded one said: ids, times and words apart.

Frames are compared in lanes: in one all that has an order, in others what comes when it comes, such as transcripts of
the caller's words, rate limits and the pieces of an answer, of which the first of each is enough.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher
from typing import Any

from simulator.beginnings import Beginnings
from simulator.mask import MASKED
from simulator.recording import Recording
from simulator.replay import CLOSE, is_id

Event = Mapping[str, Any]
ORDERED = "order"
APPEND = "input_audio_buffer.append"
TIMES = frozenset({"expires_at", "created_at", "audio_start_ms", "audio_end_ms", "seconds", "reset_seconds"})
COUNTED = frozenset({"usage", "rate_limits"})
"""Numbers in these depend on the model."""
WORDS = frozenset({"text", "transcript", "arguments", "output", "message", "instructions", "description"})
"""What people and models say: it is never shown."""
NOT_COMPARED = frozenset({"event_id", "delta", "obfuscation", "audio"})
"""Here it is enough that both have it."""
PLAIN = re.compile(r"[\w.:/-]{1,40}")
NAME = re.compile(r"\b[a-z]+_\w{8,}\b")


@dataclass(frozen=True)
class Said:
    """One event: its line in the recording, if it is from there, its place among all, and what it comes after."""

    line: int
    place: int
    event: Event
    after: str = "first"

    @property
    def kind(self) -> str:
        """Its type."""
        return str(self.event.get("type"))


@dataclass
class _Lane:
    """The events that belong together, those that only the recording has, and those that only we have."""

    pairs: list[tuple[Said, Said]]
    lost: list[Said]
    added: list[Said]


def differences(recording: Recording, ours: Sequence[Event]) -> list[str]:
    """Each difference in a line, in the order of the recording; what people said is in none."""
    return [text for _, text in sorted(_Comparison(recording, ours).found())]


class _Comparison:
    def __init__(self, recording: Recording, ours: Sequence[Event]) -> None:
        self._theirs = list(_of(recording))
        self._ours = [Said(0, place, event) for place, event in enumerate(ours)]
        self._ids: dict[str, str] = {}
        self._cut = _cut(self._theirs)
        self._left, self._open = _left(recording), self._is_open(recording)

    def _is_open(self, recording: Recording) -> bool:
        """The recording ends while the server has still something to say."""
        created = sum(said.kind == "response.created" for said in self._theirs)
        if created > sum(said.kind == "response.done" for said in self._theirs):
            return True
        heard = max((frame.line for frame in recording.sent("server")), default=0)
        later = (frame for frame in recording.sent("client") if frame.line > heard and frame.close is None)
        return any(frame.kind != APPEND for frame in later)

    def found(self) -> Iterator[tuple[int, str]]:
        theirs, ours = _lanes(self._theirs), _lanes(self._ours)
        lanes = [_aligned(theirs.get(lane, []), ours.get(lane, [])) for lane in sorted({*theirs, *ours})]
        last = max((our.place for lane in lanes for _, our in lane.pairs), default=-1)
        for lane in lanes:
            lane.added = [said for said in lane.added if said.place < last or not self._was_on_its_way(said)]
            yield from self._in_lane(lane)

    def _was_on_its_way(self, said: Said) -> bool:
        return self._left and (self._open or _lane(said.kind) != ORDERED)

    def _in_lane(self, lane: _Lane) -> Iterator[tuple[int, str]]:
        for lost in lane.lost:
            moved = next((each for each in lane.added if each.kind == lost.kind), None)
            if moved is None:
                yield lost.line, f"line {lost.line}: {lost.kind} is missing in ours"
                continue
            lane.added.remove(moved)
            lane.pairs.append((lost, moved))
            yield (
                lost.line,
                f"line {lost.line}: {lost.kind} comes {lost.after} in the recording, and in ours {moved.after}",
            )
        for added in lane.added:
            line = max((their.line for their, our in lane.pairs if our.place < added.place), default=1)
            yield line, f"after line {line}: {added.kind} is only in ours"
        for their, our in lane.pairs:
            yield from self._in_pair(their, our)

    def _in_pair(self, theirs: Said, ours: Said) -> Iterator[tuple[int, str]]:
        may_be_cut = any(name in self._cut for name in _names(theirs.event))
        for where, what in self._in_value(theirs.event, ours.event, (), may_be_cut):
            yield theirs.line, f"line {theirs.line}: {theirs.kind}: {where}: {what}"

    def _in_value(self, theirs: Any, ours: Any, path: tuple[str, ...], cut: bool) -> Iterator[tuple[str, str]]:
        where, key = ".".join(path), path[-1] if path else ""
        if isinstance(theirs, Mapping) and isinstance(ours, Mapping):
            yield from self._in_mapping(theirs, ours, path, cut)
        elif isinstance(theirs, list) and isinstance(ours, list):
            if len(theirs) != len(ours):
                yield where, f"{len(theirs)} entries in the recording, {len(ours)} in ours"
            for place, (one, other) in enumerate(zip(theirs, ours, strict=False)):
                yield from self._in_value(one, other, (*path, str(place)), cut)
        elif isinstance(theirs, str) and isinstance(ours, str) and is_id(key):
            if self._ids.setdefault(theirs, ours) != ours:
                yield where, "names something else"
        elif not _same(theirs, ours, path, cut):
            plain = key not in WORDS and "metadata" not in path
            one, other = _shown(theirs, plain), _shown(ours, plain)
            yield where, f"{one} in the recording, {other} in ours" if one != other else "other words in ours"

    def _in_mapping(self, theirs: Event, ours: Event, path: tuple[str, ...], cut: bool) -> Iterator[tuple[str, str]]:
        for key in [*theirs, *(key for key in ours if key not in theirs)]:
            where = ".".join((*path, key))
            if key not in ours:
                yield where, "is missing in ours"
            elif key not in theirs:
                yield where, "is only in ours"
            elif key not in NOT_COMPARED or not isinstance(theirs[key], str) or not isinstance(ours[key], str):
                yield from self._in_value(theirs[key], ours[key], (*path, key), cut)


def _left(recording: Recording) -> bool:
    """The recorded client has gone: what was on its way to it is not known."""
    last = recording.frames[-1]
    return last.side == "client" and last.close is not None


def _of(recording: Recording) -> Iterator[Said]:
    for place, frame in enumerate(recording.frames):
        event = frame.event if frame.event and frame.kind else {"type": "no event"}
        if frame.close is not None:
            event = {"type": CLOSE, "code": frame.close}
        if frame.side != "client":
            yield Said(frame.line, place, event)


def _cut(said: Sequence[Said]) -> frozenset[str]:
    """Names of the responses that did not come to their end, and of their items: where they end is chance."""
    done = [each.event["response"] for each in said if each.kind == "response.done" and "response" in each.event]
    cut = [each for each in done if isinstance(each, dict) and each.get("status") != "completed"]
    items = [item for each in cut for item in each.get("output") or () if isinstance(item, dict)]
    return frozenset(name for each in (*cut, *items) if isinstance(name := each.get("id"), str))


def _names(event: Event) -> Iterator[object]:
    for key in ("item", "response"):
        inner = event.get(key)
        yield inner.get("id") if isinstance(inner, dict) else None
        yield event.get(f"{key}_id")


def _lanes(said: Sequence[Said]) -> dict[str, list[Said]]:
    lanes: dict[str, list[Said]] = defaultdict(list)
    beginnings = Beginnings()
    for each in said:
        if beginnings.has(each.event):
            lane = lanes[_lane(each.kind)]
            lane.append(replace(each, after=f"after {lane[-1].kind}") if lane else each)
    return lanes


def _lane(kind: str) -> str:
    alone = kind.endswith(".delta") or "input_audio_transcription" in kind or kind == "rate_limits.updated"
    return kind if alone else ORDERED


def _aligned(theirs: list[Said], ours: list[Said]) -> _Lane:
    lane = _Lane([], [], [])
    kinds = SequenceMatcher(None, [each.kind for each in theirs], [each.kind for each in ours], autojunk=False)
    for tag, i, j, k, m in kinds.get_opcodes():
        if tag == "equal":
            lane.pairs += zip(theirs[i:j], ours[k:m], strict=True)
        else:
            lane.lost += theirs[i:j]
            lane.added += ours[k:m]
    return lane


def _same(theirs: Any, ours: Any, path: Sequence[str], cut: bool) -> bool:
    key = path[-1] if path else ""
    if theirs in (MASKED, ours):
        return True
    if type(theirs) is not type(ours) and not (_is_number(theirs) and _is_number(ours)):
        return False
    if _is_number(theirs):
        return key in TIMES or not COUNTED.isdisjoint(path)
    if isinstance(theirs, str) and key in WORDS:
        one, other = _plain(theirs), _plain(ours)
        return one == other or (cut and (one.startswith(other) or other.startswith(one)))
    return False


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", NAME.sub("#", words).casefold()))


def _shown(value: Any, plain: bool) -> str:
    if isinstance(value, str):
        return value if plain and PLAIN.fullmatch(value) else "words"
    if isinstance(value, Mapping | list):
        return "a list" if isinstance(value, list) else "an object"
    return json.dumps(value)
