"""What goes wrong in a room, as data: each strikes in every scene in which it can."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

from simulator.fault_kinds import CONNECT, KNOWN, Value
from simulator.faults import Fault
from switchboard.line.words import Words
from tests.faults.scenes import Scene

Place = Literal["here", "answer", "connect", "anywhere"]
"""`here`: at the scene's moment. `answer`: at the answer that the scene is about. `connect`: when a client connects
after the scene has begun. `anywhere`: wherever the fault has its place, as often as it says."""


@dataclass(frozen=True)
class Strike:
    """One fault of the simulator's. `at`: an event of the answer, in place of the fault's own place."""

    name: str
    place: Place = "here"
    settings: Mapping[str, Value] = field(default_factory=dict)
    count: int | None = 1
    at: str | None = None

    def fault(self, scene: Scene) -> Fault | None:
        """It, in that scene; None: it cannot strike there."""
        settings, count = self.settings, self.count
        match self.place:
            case "here" if scene.at is None:
                return None if KNOWN[self.name].instead else Fault(self.name, after=0.0, session=1, settings=settings)
            case "here":
                when = None if KNOWN[self.name].instead else scene.when
                return Fault(self.name, at=scene.at, nth=scene.nth, when=when, session=1, settings=settings)
            case "answer" if self.at:
                return Fault(self.name, count, at=self.at, skip=scene.answer, settings=settings)
            case "answer":
                return Fault(self.name, count, skip=scene.answer, settings=settings)
            case "connect":
                return Fault(self.name, count, at=CONNECT, skip=scene.connections, settings=settings)
            case _:
                return Fault(self.name, count, settings=settings)


@dataclass(frozen=True)
class Row:
    """One row of the table."""

    name: str
    strikes: Sequence[Strike]
    told: str | None = None
    """What the caller hears in place of what was left of the answer."""
    whole: bool = True
    """They hear all of the answer: it comes, or comes again."""
    where: Literal["everywhere", "spoken", "native", "text"] = "everywhere"
    """Only where the caller speaks, or only in the model's own voice, or in Cartesia's."""
    transcribed: bool = True
    """What the caller says is written down."""
    may_wait: bool = False
    """What it strikes need not come."""

    def faults(self, scene: Scene) -> list[Fault] | None:
        """What is armed in that scene; None: the row says nothing of it."""
        if not {"everywhere": True, "spoken": scene.spoken, "native": scene.native, "text": scene.in_text}[self.where]:
            return None
        faults = [strike.fault(scene) for strike in self.strikes]
        return None if None in faults else [fault for fault in faults if fault]


def _row(name: str, *strikes: Strike, **fields: object) -> Row:
    return Row(name, strikes, **fields)  # type: ignore[arg-type]


def _here(name: str, **settings: Value) -> Strike:
    return Strike(name, "here", settings)


def _answer(name: str, count: int | None = 1, at: str | None = None, **settings: Value) -> Strike:
    return Strike(name, "answer", settings, count, at)


def _connect(name: str, count: int | None = 1, **settings: Value) -> Strike:
    return Strike(name, "connect", settings, count)


def _anywhere(name: str, **settings: Value) -> Strike:
    return Strike(name, "anywhere", settings)


DROP = _here("drop")
REFUSED = Words().refused
ROWS = (
    # the connection
    _row("drop", DROP),
    _row("close", _here("close")),
    _row("close, going away", _here("close", code=1001, reason="Going away.")),
    _row("half open", _here("half_open")),
    _row("short stall", _here("stall", seconds=0.5)),
    _row("stall", _here("stall", seconds=3.0)),
    _row("long stall", _here("stall", seconds=8.0)),
    _row("an event without its parts", _here("malformed")),
    _row("no JSON", _here("malformed", frame="{")),
    _row("an empty event", _here("malformed", frame="{}")),
    _row("expire", _here("expire")),
    _row("an event twice", _here("duplicate")),
    # and those that follow it
    _row("drop, and refused once", DROP, _connect("refuse")),
    _row("drop, and refused for a while", DROP, _connect("refuse", 5)),
    _row("drop, and asked too often", DROP, _connect("refuse", status=429, code="TooManyRequests", message="Wait.")),
    _row("drop, and no handshake", DROP, _connect("half_open")),
    _row("drop, and a slow handshake", DROP, _connect("stall", seconds=2.5)),
    _row("drop, and again at its greeting", DROP, _connect("drop")),
    _row("drop, and the answer fails", DROP, _answer("failed_response")),
    _row("drop, and the rate is limited", DROP, _answer("rate_limit", seconds=1.0)),
    # the answer
    _row("rate limit", _answer("rate_limit", seconds=1.0)),
    _row("rate limit of three seconds", _answer("rate_limit", seconds=3.0)),
    _row("rate limit of ten seconds", _answer("rate_limit", seconds=10.0)),
    _row("failed", _answer("failed_response")),
    _row("failed twice", _answer("failed_response", 2)),
    _row("filtered at once", _answer("content_filter", after_ms=0, after_chars=0), told=REFUSED),
    _row("filtered", _answer("content_filter", after_ms=300, after_chars=8), told=REFUSED),
    _row("incomplete", _answer("incomplete", after_ms=300, after_chars=8), whole=False),
    _row("slow audio", _anywhere("slow_audio", pace=0.6), where="native"),
    _row("late audio", _anywhere("slow_audio", pace=1.0, first_audio=3.0), where="native"),
    _row("drop before the first word", _answer("drop_mid_response", after_ms=0, after_chars=0)),
    _row("drop in the answer", _answer("drop_mid_response", after_ms=400, after_chars=10)),
    _row("no begin", _answer("unconfirmed", at="response.created")),
    _row("no end", _answer("unconfirmed", at="response.done")),
    _row("no end of an item", _answer("unconfirmed", at="response.output_item.done")),
    _row("the end too late", _answer("wrong_order", at="response.done")),
    _row("refused request", _answer("refuse", at="response.create")),
    # what the engine sends
    _row("no confirmation of the session", _anywhere("unconfirmed"), may_wait=True),
    _row("not transcribed", _anywhere("transcription_failed"), where="spoken", whole=False, transcribed=False),
    # speech
    _row("speech refused", _anywhere("speech_refuse"), may_wait=True),
    _row("speech stalls", _anywhere("speech_stall"), may_wait=True),
    _row("speech drops", _anywhere("speech_drop"), may_wait=True),
    _row("Cartesia refuses", _anywhere("cartesia_refuse"), where="text", may_wait=True),
    _row("Cartesia fails", _anywhere("cartesia_error"), where="text"),
    _row("Cartesia stalls", _anywhere("cartesia_stall"), where="text"),
    _row("Cartesia drops", _anywhere("cartesia_drop"), where="text"),
)
