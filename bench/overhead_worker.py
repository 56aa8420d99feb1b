"""A worker of `bench.overhead`: ours as it is, on a line that is recorded, or without what operators are told."""

import argparse
import sys
from dataclasses import replace
from pathlib import Path

if __name__ == "__main__" and not __package__:  # started in a folder without a .env
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from livekit.agents import JobContext

from app import worker
from bench.bare import leave_out
from workflows.support_line import SUPPORT_LINE

RECORDED = replace(SUPPORT_LINE, recorded=True)


async def answer_recorded(ctx: JobContext) -> None:
    """A call on the line, as if it were one that is recorded."""
    await worker.answer_on(RECORDED, ctx)


def run() -> None:
    """Run it, in production mode; the environment has the settings."""
    parser = argparse.ArgumentParser(prog="bench.overhead_worker", description=__doc__)
    parser.add_argument("condition", choices=["off", "on", "recording"])
    condition = parser.parse_args().condition
    sys.argv[1:] = ["start"]
    if condition == "off":
        leave_out()
    worker.run(answer_recorded if condition == "recording" else worker.answer)


if __name__ == "__main__":
    run()
