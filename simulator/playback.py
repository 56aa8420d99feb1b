"""The mind of a recording: answers as the recorded service did.

Every session follows the recording from its first response on, whatever the others do; of several recordings, which
are the connections of one call, each session follows the next one. Answers break off as they did then. Strict refuses
a client that brings anything else than the recorded one did; lenient answers all the same, with the first response
that fits and is left, else with the next. Words are compared without case and punctuation. What nobody transcribed may
be anything, and so may what was taken out of a recording, and the instructions: they are the client's to improve.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator, Sequence

from simulator.mind import BrokenOff, Item, MindError, Reply, Request, Say
from simulator.recording import Recording
from simulator.retelling import Retelling, Step, ToldItem
from simulator.sentences import read_aloud

LINGER = 5
TAKEN_OUT = re.compile(r"\*{3}|\[(?:card number|e-mail|phone number|postcode|left out)\]")
"""What stands in a recording in place of what it does not hold."""
OVER = "That is the end of the recording."


class _Progress:
    """What one session has still before it."""

    def __init__(self, name: str, told: Retelling) -> None:
        self.name = name
        self.steps = deque(told.steps)
        self.turns = deque(told.turns)


class Playback:
    """A `Mind`. `failures` says what was not as recorded, by line and never in people's words."""

    def __init__(
        self, recording: Recording | Sequence[Recording], strict: bool = True, lingering: bool = False
    ) -> None:
        """`lingering` goes on with what was cut off, so that whoever cuts it off comes in time."""
        self._lingering = lingering
        several = [recording] if isinstance(recording, Recording) else recording
        told = [(each.name, Retelling.of(each)) for each in several]
        self._told = [each for each in told if each[1].steps or each[1].turns] or told[:1]
        self._strict = strict
        self._sessions: dict[str, _Progress] = {}
        self.failures: list[str] = []

    def answer(self, request: Request) -> Reply:
        """The recorded response. Raises `BrokenOff` as it did, and when strict, `MindError` for another request.

        What is read aloud is not recorded: how often somebody who waits hears a word is for the machine to say.
        """
        if reading := read_aloud(request):
            return reading
        progress = self._progress(request.session_id)
        step = self._strictly(progress, request) if self._strict else _leniently(progress.steps, request)
        if step is None:
            return [Say(OVER)]
        if step.breaks and not (self._lingering and step.reply):
            raise BrokenOff(step.breaks, step.details, step.reply, step.within)
        return _lingered(step.reply) if self._lingering and step.status != "completed" else step.reply

    def hear(self, session_id: str) -> str | None:
        """The recorded words of the next spoken turn. Raises `MindError`, when strict, for one turn too many."""
        progress = self._progress(session_id)
        if progress.turns:
            return progress.turns.popleft().words
        if self._strict:
            raise self._failure(progress, "the recording has no such spoken turn any more")
        return None

    def check(self) -> None:
        """Raises AssertionError with everything that was not as recorded, and everything that was not played."""
        played = len(self._sessions)
        missed = self._told[played:] if len(self._told) > 1 or not played else []
        sessions = [*self._sessions.values(), *(_Progress(*each) for each in missed)]
        unused = [
            f"{each.name}:{step.line}: this response was not asked for" for each in sessions for step in each.steps
        ]
        unsaid = [f"{each.name}:{turn.line}: this turn was not spoken" for each in sessions for turn in each.turns]
        if problems := [*self.failures, *unused, *unsaid]:
            raise AssertionError("the recording was not followed:\n- " + "\n- ".join(problems))

    def _strictly(self, progress: _Progress, request: Request) -> Step:
        if not progress.steps:
            raise self._failure(progress, "the recording has no response any more")
        step = progress.steps.popleft()
        if unmet := "; ".join(_unmet(step, request)):
            raise self._failure(progress, f"the response of line {step.line} was made of something else: {unmet}")
        return step

    def _progress(self, session_id: str) -> _Progress:
        if session_id not in self._sessions:
            self._sessions[session_id] = self._next()
        return self._sessions[session_id]

    def _next(self) -> _Progress:
        """Of a session that has just begun. A call with more connections than it had has nothing to say on them."""
        place = len(self._sessions) if len(self._told) > 1 else 0
        return _Progress(*self._told[place]) if place < len(self._told) else _Progress(self._told[-1][0], Retelling())

    def _failure(self, progress: _Progress, message: str) -> MindError:
        self.failures.append(f"{progress.name}: {message}")
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
        elif told.words is not None and not _same(told.words, words):
            yield f"the {kind} item of line {told.line} has other words"
    if len(recorded) != len(brought):
        yield f"{len(recorded)} from the client's side, not {len(brought)}"


def _same(told: str, words: str) -> bool:
    """What was taken out of `told` may be anything."""
    parts = [re.escape(_plain(part)) for part in TAKEN_OUT.split(told)]
    return re.fullmatch(r".*?".join(parts), _plain(words), re.DOTALL) is not None


def _plain(words: str) -> str:
    return " ".join(re.findall(r"\w+", words.casefold()))
