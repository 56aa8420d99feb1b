"""The mind of a recording: answers as the recorded service did.

Every session follows the recording from its first response on, whatever the others do. Strict refuses a client that
brings anything else than the recorded one did; lenient answers all the same, with the first response that fits and
is left, else with the next. Words are compared without case and punctuation. What nobody transcribed may be anything,
and so may the instructions: they are the client's to improve.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from simulator.mind import Item, MindError, Reply, Request, Say
from simulator.recording import Recording
from simulator.retelling import Retelling, Step, ToldItem

LINGER = 5
OVER = "That is the end of the recording."


class _Progress:
    """What one session has still before it."""

    def __init__(self, told: Retelling) -> None:
        self.steps = deque(told.steps)
        self.turns = deque(told.turns)


class Playback:
    """A `Mind`. `failures` says what was not as recorded, by line and never in people's words."""

    def __init__(self, recording: Recording, strict: bool = True, lingering: bool = False) -> None:
        """`lingering` goes on with what was cut off, so that whoever cuts it off comes in time."""
        self._lingering = lingering
        self._told = Retelling.of(recording)
        self._name = recording.name
        self._strict = strict
        self._sessions: dict[str, _Progress] = {}
        self.failures: list[str] = []

    def answer(self, request: Request) -> Reply:
        """The recorded response. Raises `MindError` for one that failed, and when strict, for another request."""
        steps = self._progress(request.session_id).steps
        step = self._strictly(steps, request) if self._strict else _leniently(steps, request)
        if step is None:
            return [Say(OVER)]
        if step.error is not None:
            raise MindError(f"The recorded response failed: {step.error}")
        return _lingered(step.reply) if self._lingering and step.status != "completed" else step.reply

    def hear(self, session_id: str) -> str | None:
        """The recorded words of the next spoken turn. Raises `MindError`, when strict, for one turn too many."""
        turns = self._progress(session_id).turns
        if turns:
            return turns.popleft().words
        if self._strict:
            raise self._failure("the recording has no such spoken turn any more")
        return None

    def check(self) -> None:
        """Raises AssertionError with everything that was not as recorded, and everything that was not played."""
        sessions = list(self._sessions.values()) or [_Progress(self._told)]
        unused = [
            f"{self._name}:{step.line}: this response was not asked for" for each in sessions for step in each.steps
        ]
        unsaid = [f"{self._name}:{turn.line}: this turn was not spoken" for each in sessions for turn in each.turns]
        if problems := [*self.failures, *unused, *unsaid]:
            raise AssertionError("the recording was not followed:\n- " + "\n- ".join(problems))

    def _strictly(self, steps: deque[Step], request: Request) -> Step:
        if not steps:
            raise self._failure("the recording has no response any more")
        step = steps.popleft()
        if unmet := "; ".join(_unmet(step, request)):
            raise self._failure(f"the response of line {step.line} was made of something else: {unmet}")
        return step

    def _progress(self, session_id: str) -> _Progress:
        return self._sessions.setdefault(session_id, _Progress(self._told))

    def _failure(self, message: str) -> MindError:
        self.failures.append(f"{self._name}: {message}")
        return MindError(self.failures[-1])


def _leniently(steps: deque[Step], request: Request) -> Step | None:
    for place, step in enumerate(steps):
        if not any(_unmet(step, request)):
            del steps[place]
            return step
    return steps.popleft() if steps else None


def _lingered(reply: Reply) -> Reply:
    return [Say(" ".join([part.text or OVER] * LINGER)) if isinstance(part, Say) else part for part in reply]


def _unmet(step: Step, request: Request) -> Iterator[str]:
    """What the recorded request was and this one is not."""
    if step.modality != request.modality:
        yield f"it was to be {step.modality}, not {request.modality}"
    offered = {tool.name for tool in request.tools}
    if missing := sorted(step.tools - offered):
        yield f"without {', '.join(missing)}"
    if added := sorted(offered - step.tools):
        yield f"with {', '.join(added)}"
    if step.extra != bool(request.extra):
        yield "with instructions of its own" if step.extra else "without instructions of its own"
    yield from _unmet_items([item for item in step.items if item.kind in KINDS], list(_brought(request)))


KINDS = ("user", "system", "tool")


def _brought(request: Request) -> Iterator[tuple[str, str]]:
    """What the client's side brought, kind and words."""
    for item in request.items:
        kind = _kind(item)
        if kind in KINDS:
            yield kind, item.output or "" if kind == "tool" else item.text


def _kind(item: Item) -> str:
    return "tool" if item.type == "function_call_output" else item.role or ""


def _unmet_items(recorded: list[ToldItem], brought: list[tuple[str, str]]) -> Iterator[str]:
    for told, (kind, words) in zip(recorded, brought, strict=False):
        if told.kind != kind:
            yield f"line {told.line} has a {told.kind} item, not a {kind} item"
        elif told.words is not None and _plain(told.words) != _plain(words):
            yield f"the {kind} item of line {told.line} has other words"
    if len(recorded) != len(brought):
        yield f"{len(recorded)} from the client's side, not {len(brought)}"


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
