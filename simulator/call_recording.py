"""All that the services of one call said: a folder with a recording for each connection, in the order of their names.

`realtime-001.jsonl` is the model's first connection, `speech-001.jsonl` Cartesia's. A worker with `TAPES_FOLDER` makes
such a folder for each call.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulator.fault_kinds import Value
from simulator.faults import Fault
from simulator.options import Options
from simulator.playback import Playback
from simulator.recording import Frame, Recording, RecordingError
from simulator.retelling import Retelling
from simulator.server import Simulator

REALTIME, SPEECH = "realtime", "speech"
STALLED = 1.0
"""Seconds after which Cartesia is late; what is quicker differs from day to day."""
NEVER = 86_400.0


@dataclass(frozen=True)
class CallRecording:
    """Of one call."""

    realtime: tuple[Recording, ...]
    speech: tuple[Recording, ...] = ()

    @classmethod
    def load(cls, place: Path) -> CallRecording:
        """Read a call's folder, or the file of one realtime session. Raises RecordingError."""
        if not place.is_dir():
            return cls((Recording.load(place),))
        found = {kind: tuple(map(Recording.load, sorted(place.glob(f"{kind}-*.jsonl")))) for kind in (REALTIME, SPEECH)}
        if not found[REALTIME]:
            raise RecordingError(f"{place}: no recording of a call: it has no {REALTIME}-*.jsonl")
        return cls(found[REALTIME], found[SPEECH])

    @property
    def faults(self) -> tuple[Fault, ...]:
        """What went wrong between the model's answers, and with Cartesia's speech; answers break off by themselves."""
        ends = (_end(*each) for each in enumerate(self.realtime[:-1], 1))
        return (*(fault for fault in ends if fault), *self._speech_faults)

    @property
    def _speech_faults(self) -> tuple[Fault, ...]:
        contexts = [each for recording in self.speech for each in _contexts(recording)]
        refused = [(place, each) for place, each in enumerate(contexts, 1) if each.error is not None]
        begun = enumerate((each for each in contexts if each.error is None), 1)
        return (*(_error(*each) for each in refused), *(fault for each in begun if (fault := _late_or_cut(*each))))

    def simulator(self, options: Options | None = None, *, strict: bool = True, port: int = 0) -> Simulator:
        """What answers a client as these services did, with their faults.

        Strict refuses a client that does something else; see `Playback`, which is its mind.
        """
        simulator = Simulator(Playback(self.realtime, strict), options, port)
        for fault in self.faults:
            simulator.faults.arm(fault)
        return simulator


def _end(session: int, recording: Recording) -> Fault | None:
    """How the service ended a connection while it owed nothing, be it later than that it does so now."""
    steps, end = Retelling.of(recording).steps, recording.frames[-1]
    if end.close is None or end.side == "client" or (steps and steps[-1].breaks in ("dropped", "silent")):
        return None
    moment = ("response.done", len(steps)) if steps else ("session.created", 1)
    if end.side == "server":
        settings: dict[str, Value] = {"code": end.close, "reason": ""}
        return Fault("close", at=moment[0], when="after", nth=moment[1], session=session, settings=settings)
    return Fault("drop", at=moment[0], when="after", nth=moment[1], session=session)


@dataclass
class _Context:
    """Something that Cartesia was asked to say."""

    asked: float
    ended: float
    """When its connection did."""
    heard: float | None = None
    error: dict[str, Any] | None = None
    over: bool = False
    cut: bool = False


def _contexts(recording: Recording) -> Iterator[_Context]:
    """Those of one connection, in the order in which they began."""
    contexts: dict[str, _Context] = {}
    for frame in recording.frames:
        if frame.close is not None and frame.side != "client":
            for each in contexts.values():
                each.cut = not each.over
        elif frame.event is not None:
            _note(contexts, frame, frame.event, recording.frames[-1].at)
    yield from contexts.values()


def _note(contexts: dict[str, _Context], frame: Frame, message: dict[str, Any], ended: float) -> None:
    name = str(message.get("context_id"))
    if frame.side == "client":
        contexts.setdefault(name, _Context(frame.at, ended)).over |= bool(message.get("cancel"))
    elif context := contexts.get(name):
        if frame.kind == "chunk" and context.heard is None:
            context.heard = frame.at
        context.error = message if frame.kind == "error" else context.error
        context.over |= frame.kind in ("done", "error")


def _error(place: int, context: _Context) -> Fault:
    told = context.error or {}
    status, code = told.get("status_code"), told.get("error_code")
    message = str(told.get("message") or told.get("error") or told.get("title") or "")
    settings: dict[str, Value] = {
        "status": status if isinstance(status, int) else 500,
        "code": str(code or "server_error"),
        "message": message,
    }
    return Fault("cartesia_error", nth=place, settings=settings)


def _late_or_cut(place: int, context: _Context) -> Fault | None:
    if context.cut:
        return Fault("cartesia_drop", nth=place, settings={"after_ms": 0})
    late = (context.ended if context.heard is None else context.heard) - context.asked
    if late < STALLED or (context.heard is None and context.over):
        return None
    return Fault("cartesia_stall", nth=place, settings={"seconds": NEVER if context.heard is None else late})
