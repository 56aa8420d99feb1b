"""A worker of `bench.overhead`: ours as it is, on a recorded line, with tapes, or without what operators are told."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import get_args

if __name__ == "__main__" and not __package__:  # started in a folder without a .env
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from livekit.agents import JobContext

from app import worker
from bench.bare import FOR_OPERATORS, GUARDS, leave_out
from bench.clocked import TIMES, clock_tapes
from bench.overhead import Condition
from workflows.support_line import SUPPORT_LINE

RECORDED = replace(SUPPORT_LINE, recorded=True)


async def answer_recorded(ctx: JobContext) -> None:
    """A call on the line, as if it were one that is recorded."""
    await worker.answer_on(RECORDED, ctx)


def run() -> None:
    """Run it, in production mode; the environment has the settings."""
    parser = argparse.ArgumentParser(prog="bench.overhead_worker", description=__doc__)
    parser.add_argument("condition", choices=get_args(Condition))
    condition = parser.parse_args().condition
    sys.argv[1:] = ["start"]
    leave_out({"off": FOR_OPERATORS, "unguarded": GUARDS}.get(condition, {}))
    if condition == "taped":
        clock_tapes(TIMES)
    worker.run(answer_recorded if condition == "recording" else worker.answer)


if __name__ == "__main__":
    run()
