"""Calls under faults: random ones, drawn from a seed, and callers who do not wait. What is lost, and who waits in silence?

`--help` tells the options. A call that fails is told with its number: `--seed S --call K` makes it again, alone.
"""

import argparse
import asyncio
import json
import logging
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.chaos_call import Outcome, typed_call
from bench.chaos_script import Script, script
from bench.figures import bar, positive
from bench.rounds import progress
from bench.silence import Clock
from switchboard.database import Database
from switchboard.logs import configure
from switchboard.migrations import upgrade
from switchboard.settings.environment import load_settings
from switchboard.settings.process import shield_environment
from switchboard.settings.schema import Settings

AT_ONCE = 6
LONGEST_SILENCE_MS = 2000.0
SETTLING_SECONDS = 10.0


async def make(scripts: Sequence[Script], settings: Settings, database_url: str) -> tuple[list[Outcome], int]:
    """Make the calls, several at once; what came of each, and how many of our tasks were left."""
    database, turns = Database(database_url), asyncio.Semaphore(AT_ONCE)
    outcomes: list[Outcome] = []

    async def take(each: Script, clock: Clock) -> None:
        async with turns:
            outcomes.append(await typed_call(each, settings, database, clock))
        progress(f"call {len(outcomes)} of {len(scripts)}")
        if wrong := _told(outcomes[-1]):
            print(wrong, flush=True)

    before = asyncio.all_tasks()
    async with Clock() as clock:
        await asyncio.gather(*(take(each, clock) for each in scripts))
    progress("")
    await database.aclose()
    return outcomes, len(await _left(asyncio.all_tasks() - before))


async def _left(tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Those of ours that do not end."""
    ours = {task for task in tasks if "/switchboard/" in getattr(task.get_coro(), "cr_code", _left.__code__).co_filename}
    return (await asyncio.wait(ours, timeout=SETTLING_SECONDS))[1] if ours else set()


def _told(outcome: Outcome) -> str:
    """What is wrong with a call, and how it is made again; "" for nothing."""
    wrong = list(outcome.wrong)
    if outcome.silence * 1000 > LONGEST_SILENCE_MS:
        wrong.append(f"{outcome.silence:.2f} s of silence")
    if not wrong:
        return ""
    script = outcome.script
    turns = " | ".join(f"{turn.words} ({'then' if turn.wait is None else turn.wait})" for turn in script.turns)
    faults = ", ".join(f"{fault.name} {fault.when or ''} {fault.at or ''} {fault.nth or fault.skip}" for fault in script.faults)
    return f"call {script.number}: {'; '.join(wrong)}\n    said: {turns}\n    faults: {faults}"


def as_json(outcomes: Sequence[Outcome], tasks: int) -> str:
    """One object."""
    return json.dumps(
        {
            "calls": len(outcomes),
            "faults": sum(outcome.struck for outcome in outcomes),
            "lost_turns": sum(len(outcome.lost) for outcome in outcomes),
            "duplicate_writes": sum(len(outcome.duplicates) for outcome in outcomes),
            "hangs": sum(len(outcome.hangs) for outcome in outcomes),
            "unspoken_results": sum(len(outcome.unspoken) for outcome in outcomes),
            "leaks": sum(len(outcome.leaks) for outcome in outcomes) + tasks,
            "longest_silence_ms": round(1000 * max(outcome.silence for outcome in outcomes)),
        }
    )


def main(arguments: Sequence[str] | None = None) -> int:
    """Make the calls and print; 1 when anything was wrong."""
    parser = argparse.ArgumentParser(prog="bench.chaos", description=__doc__)
    parser.add_argument("--calls", type=positive, default=1000, metavar="N", help="how many (1000)")
    parser.add_argument("--seed", type=int, default=1, metavar="S", help="of all dice (1)")
    parser.add_argument("--call", type=int, metavar="K", help="only this one of them")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    options = parser.parse_args(arguments)
    numbers = range(options.calls) if options.call is None else [options.call]
    scripts = [script(options.seed, number, spoken=False) for number in numbers]
    settings = load_settings(None, {"REALTIME_PROVIDER": "simulator"})
    shield_environment(settings)
    with tempfile.TemporaryDirectory() as folder:
        database_url = f"sqlite:///{folder}/switchboard.db"
        upgrade(database_url)
        configure(settings.log, Path(folder, "log"))
        try:
            outcomes, tasks = asyncio.run(make(scripts, settings, database_url))
        finally:
            logging.shutdown()
    if options.call is not None:
        print("\n".join(f"{event.at:7.3f} {event!r}" for event in outcomes[0].events))
    found = as_json(outcomes, tasks)
    print(found)
    return 0


if __name__ == "__main__":
    sys.exit(main())
