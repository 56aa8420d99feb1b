"""Who and what fills a call, as spans of time: the caller, each agent, persons, tools."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Literal

from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    Ended,
    Event,
    Failed,
    Filled,
    HandoffDone,
    PersonSpoke,
    PersonStep,
    Recording,
    ToolCalled,
    ToolReturned,
)
from switchboard.operate.sheet.cast import Cast

Look = Literal["held", "speech", "filler", "tool", "failed", "silence", "ringing"]

PACE = 15.0
"""Characters a second of usual speech: the ledger has a sentence when it is over, and not when it began."""
CALLER, TOOLS = "Caller", "Tools"
BACK = ("handed_back", "cut_off")


@dataclass(frozen=True)
class Span:
    """From one second of the call to another."""

    look: Look
    begin: float
    end: float
    title: str
    label: str = ""


@dataclass
class Track:
    """What one party, or all tools, did. Agents have a `colour`."""

    name: str
    colour: str = "none"
    spans: list[Span] = field(default_factory=list)

    @property
    def spoken_until(self) -> float:
        """The end of what was said last."""
        return max((span.end for span in self.spans if span.look in ("speech", "filler")), default=0.0)


class Tracks:
    """Those of a call that lasted `seconds`, in the order in which one looks for them."""

    def __init__(self, events: Sequence[Event], seconds: float, cast: Cast) -> None:
        self._cast = cast
        self._caller, self._tools = Track(CALLER), Track(TOOLS)
        self._agents: dict[str, Track] = {}
        self._persons: dict[str, Track] = {}
        self._held: tuple[Track, float] | None = None
        self._ringing: dict[str, float] = {}
        self._running: dict[str, ToolCalled] = {}
        for event in events:
            self._take(event)
        self._hold(None, seconds)
        for called in self._running.values():
            self._tools.spans.append(Span("tool", called.at, seconds, f"{called.tool}: no result", called.tool))

    def __iter__(self) -> Iterator[Track]:
        yield self._caller
        yield from self._agents.values()
        yield from self._persons.values()
        if self._tools.spans:
            yield self._tools

    def _take(self, event: Event) -> None:
        match event:
            case Answered():
                self._hold(self._agent(event.agent), event.at)
            case CallerSpoke():
                self._say(self._caller, event.text, event.at)
            case AgentSpoke():
                self._say(self._agent(event.agent), event.text, event.at)
            case PersonSpoke():
                self._say(self._person(event.target), event.text, event.at)
            case Filled() if event.text:
                end = event.at + len(event.text) / PACE
                self._agent(event.agent).spans.append(Span("filler", event.at, end, event.text))
            case HandoffDone():
                self._hand(event)
            case PersonStep():
                self._step(event)
            case ToolCalled():
                self._running[event.call_id] = event
            case ToolReturned():
                self._return(event)
            case _:
                pass

    def _say(self, track: Track, text: str, at: float) -> None:
        begin = max(min(track.spoken_until, at), at - len(text) / PACE, 0.0)
        track.spans.append(Span("speech", begin, at, text))

    def _hand(self, event: HandoffDone) -> None:
        track = self._agent(event.target)
        self._hold(track, event.at)
        if event.silence_ms:
            label = f"{event.silence_ms:.0f} ms"
            begin = event.at - event.silence_ms / 1000
            track.spans.append(Span("silence", begin, event.at, f"{label} of silence at the handoff", label))

    def _step(self, event: PersonStep) -> None:
        track = self._person(event.target)
        if event.stage == "called":
            self._ringing[event.target] = event.at
        elif event.target in self._ringing and event.stage not in ("ringing", "accepted"):
            begin = self._ringing.pop(event.target)
            track.spans.append(Span("ringing", begin, event.at, f"rung: {event.stage.replace('_', ' ')}"))
        if event.stage == "joined":
            self._hold(track, event.at)
        elif event.stage in BACK:
            self._hold(self._agent(event.agent), event.at)

    def _return(self, event: ToolReturned) -> None:
        begun = self._running.pop(event.call_id, None)
        begin = begun.at if begun else event.at - event.ms / 1000
        look: Look = "failed" if event.failed else "tool"
        self._tools.spans.append(Span(look, begin, event.at, f"{event.tool}, {event.ms:.0f} ms", event.tool))

    def _hold(self, track: Track | None, at: float) -> None:
        """From now on that one has the caller."""
        if self._held:
            before, since = self._held
            before.spans.insert(0, Span("held", since, at, f"{before.name} has the caller"))
        self._held = (track, at) if track else None

    def _agent(self, name: str) -> Track:
        return self._agents.setdefault(name, Track(self._cast.name(name), self._cast.colour(name)))

    def _person(self, name: str) -> Track:
        return self._persons.setdefault(name, Track(self._cast.name(name)))


def length_of(events: Sequence[Event]) -> float:
    """How far a call's events reach, in seconds; its recording is stored after that."""
    return max((event.at for event in events if not _is_stored(event)), default=0.0)


def _is_stored(event: Event) -> bool:
    return isinstance(event, Recording) and event.stage in ("stored", "failed")


def marks(events: Sequence[Event]) -> list[tuple[float, str]]:
    """The moments at which something failed."""
    return [(event.at, event.message) for event in events if isinstance(event, Failed)]


def is_over(events: Sequence[Event]) -> bool:
    """Whether the call has ended."""
    return any(isinstance(event, Ended) for event in events)
