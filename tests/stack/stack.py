"""A program that runs a steady part and a stubborn one until it is stopped, as `main.py demo` does with real ones.

Usage: python -m tests.stack.stack FOLDER SECONDS, the seconds that the stubborn part may take to stop.
"""

import asyncio
import os
import sys
from functools import partial
from pathlib import Path

from stack.machine import Machine
from stack.parts import Parts
from tests.stack.processes import STEADY, STUBBORN, python_part


async def run(folder: Path, seconds: float) -> None:
    with Machine(folder / "cache", dict(os.environ), partial(print, flush=True)) as machine:
        async with Parts(machine, folder / "logs") as parts:
            await parts.start(python_part("steady", STEADY))
            await parts.start(python_part("stubborn", STUBBORN, stop_seconds=seconds))
            machine.say(f"pids {parts.pid('steady')} {parts.pid('stubborn')}")
            await parts.wait()
        machine.say(f"over {parts.stopped_by}")


if __name__ == "__main__":
    asyncio.run(run(Path(sys.argv[1]), float(sys.argv[2])))
