"""What tapes of the services (`TAPES_FOLDER`) cost a worker: two of them side by side, one without.

Beside the CPU of a call it tells how long the frames of a call hold up its event loop on their way to tape; what is
stored when the call is over is stored beside the loop. `--json`: the last line is
`{"cpu": {"untaped": 1.0, "taped": ...}, "loop_ms": ..., "frames": ...}`, for a call of 40 s.
"""

import argparse
import asyncio
import json
import logging
import shutil
import sys
import tempfile
from pathlib import Path

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench import overhead
from bench.clocked import TIMES, Clocked, per_call
from bench.figures import bar, positive, table

MOST = 1.03
"""CPU of a call, of that without."""


def main() -> int:
    """Measure, tell, and say by the exit code whether it holds."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=positive, default=5, help="How often all is measured.")
    parser.add_argument("--json", action="store_true", help="The last line is JSON.")
    given = parser.parse_args()
    found, clocked = measured(given.rounds)
    times, loop_ms = found.times("taped"), clocked.seconds * 1000
    print(table(overhead.HEADS, overhead.rows(found)) + "\n")
    print(f"Of the event loop of a call, its {clocked.frames:.0f} frames take {loop_ms:.1f} ms.")
    print(bar(f"CPU of a call with tapes: at most {MOST} x without", times, times <= MOST))
    if given.json:
        told = {"cpu": overhead.as_json(found), "loop_ms": round(loop_ms, 1), "frames": round(clocked.frames)}
        print(json.dumps(told))
    return 0 if times <= MOST else 1


def measured(rounds: int) -> tuple[overhead.Overhead, Clocked]:
    """CPU, and the time on the loop of a call with tapes; the workers' logs stay where something fails."""
    logging.getLogger("livekit").setLevel(logging.CRITICAL)  # its native part complains of callers who hang up
    folder = Path(tempfile.mkdtemp(prefix="bench-tapes-"))
    found = asyncio.run(overhead.measure(folder, rounds, ("untaped", "taped")))
    clocked = per_call((folder / TIMES).read_text().splitlines())
    shutil.rmtree(folder)
    return found, clocked


if __name__ == "__main__":
    sys.exit(main())
