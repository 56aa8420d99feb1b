"""`python -m tests.faults`: the whole table of faults in rooms, which takes a while; `--help` tells the options."""

import argparse
import asyncio
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

import pytest

from bench.silence import Clock
from switchboard.logs import configure
from tests.faults.cells import AT_ONCE, cells, chosen, left, make
from tests.faults.room_call import Cell, Found, House
from tests.livekit import LiveKitServer
from tests.stage.stage import new_database, stage_settings


async def run(server: LiveKitServer, database_url: str, calls: Sequence[Cell], at_once: int) -> bool:
    """Make the calls and tell what came of each; whether all is well."""
    before = asyncio.all_tasks()
    with pytest.MonkeyPatch.context() as monkeypatch:
        async with Clock() as clock:
            house = House(server, database_url, clock, monkeypatch)
            found = await make(house, calls, at_once, lambda each: say(str(each)))
            rooms = await house.rooms_left()
    tasks = await left(asyncio.all_tasks() - before)
    return tell(found, rooms, len(tasks))


def tell(found: Sequence[Found], rooms: Sequence[str], tasks: int) -> bool:
    """The cells that were not well, and the sum."""
    unwell = sorted((each for each in found if each.wrong), key=lambda each: each.cell.id)
    longest = max((each.silence for each in found), default=0.0)
    say("", *map(str, unwell), "")
    say(f"{len(found)} cells, {len(unwell)} not well; longest silence {longest:.2f} s; left: {tasks} tasks, {rooms}.")
    return not (unwell or rooms or tasks)


def say(*lines: str) -> None:
    print(*lines, sep="\n", flush=True)  # noqa: T201 - this is what the program is for


def main() -> int:
    """See the module."""
    parser = argparse.ArgumentParser(prog="tests.faults", description=__doc__)
    parser.add_argument("--scene", default="", metavar="WORDS", help="only scenes whose name has these words")
    parser.add_argument("--row", default="", metavar="WORDS", help="only rows whose name begins with these words")
    parser.add_argument("--rotation", type=int, metavar="R", help="each row once, with another scene for each R")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, metavar="N", help=f"so many calls ({AT_ONCE})")
    options = parser.parse_args()
    all_of_them = cells() if options.rotation is None else chosen(options.rotation)
    wanted = [each for each in all_of_them if options.scene in each.scene.id and each.row.name.startswith(options.row)]
    server = LiveKitServer()
    with tempfile.TemporaryDirectory() as folder:
        configure(stage_settings().log, Path(folder, "log"))
        server.start()
        try:
            return int(not asyncio.run(run(server, new_database(Path(folder)), wanted, options.at_once)))
        finally:
            server.remove()
            logging.shutdown()


if __name__ == "__main__":
    sys.exit(main())
