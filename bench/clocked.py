"""How long a worker's event loops are held up by the frames that go to tape."""

import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from switchboard.tapes.tape import Side, Tape
from switchboard.tapes.tapes import Tapes

TIMES = Path("taped.times")
"""In the worker's folder, a line for each call that is over: what all calls took until then."""


@dataclass(frozen=True)
class Clocked:
    """So many frames, and seconds that they took."""

    frames: float
    seconds: float


def per_call(lines: Sequence[str]) -> Clocked:
    """Of a call, from the lines of a file, the first of which is of a call for nothing."""
    ends = [[float(value) for value in line.split()] for line in (lines[0], lines[-1])]
    calls = len(lines) - 1
    frames, seconds = ((last - first) / calls for first, last in zip(*ends, strict=True))
    return Clocked(frames, seconds)


def clock_tapes(file: Path) -> None:
    """From now on this process writes such a file."""
    frames, seconds = 0, 0.0
    frame, aclose = Tape.frame, Tapes.aclose

    def timed(tape: Tape, side: Side, data: str) -> None:
        nonlocal frames, seconds
        began = time.thread_time()  # of a machine's other work nothing is counted
        frame(tape, side, data)
        seconds += time.thread_time() - began
        frames += 1

    async def told(tapes: Tapes) -> None:
        await aclose(tapes)
        with file.open("a") as lines:
            lines.write(f"{frames} {seconds}\n")

    setattr(Tape, "frame", timed)  # noqa: B010 - a type checker lets nobody assign a method
    setattr(Tapes, "aclose", told)  # noqa: B010
