"""Calls under faults in processes of their own, as a worker's are: none of them waits for another one's processor."""

import asyncio
import multiprocessing
from collections.abc import Iterator
from concurrent.futures import Executor, ProcessPoolExecutor
from contextlib import aclosing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench.chaos_call import Outcome, typed_call
from bench.chaos_room import spoken_call
from bench.chaos_script import Script
from bench.silence import Clock
from switchboard.database import Database
from switchboard.logs import configure
from switchboard.settings.process import shield_environment
from switchboard.settings.schema import LiveKitAccess, Settings

SETTLING_SECONDS = 10.0


@dataclass(frozen=True)
class Place:
    """Where calls are made: with a database, and logs, in `folder`. Only spoken ones need LiveKit."""

    settings: Settings
    folder: Path
    livekit: LiveKitAccess | None = None

    @property
    def database(self) -> str:
        """Its URL."""
        return f"sqlite:///{self.folder}/switchboard.db"


@contextmanager
def processes(place: Place, number: int) -> Iterator[Executor]:
    """So many, to run `make_call` in."""
    spawning = multiprocessing.get_context("spawn")  # LiveKit's client does not survive a fork
    with ProcessPoolExecutor(number, spawning, _begin, (place,)) as pool:
        yield pool


def _begin(place: Place) -> None:
    shield_environment(place.settings)
    configure(place.settings.log, place.folder / "log")


def make_call(script: Script, place: Place) -> Outcome:
    """Play the script, and judge it."""
    return asyncio.run(_made(script, place))


async def _made(script: Script, place: Place) -> Outcome:
    before = asyncio.all_tasks()
    async with Clock() as clock, aclosing(Database(place.database)) as database:
        if place.livekit is None:
            outcome = await typed_call(script, place.settings, database, clock)
        else:
            outcome = await spoken_call(script, place.settings, database, clock, place.livekit)
    outcome.leaks += [f"{task.get_name()} goes on" for task in await _left(asyncio.all_tasks() - before)]
    return outcome


async def _left(tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Those of ours that do not end."""
    ours = {
        task for task in tasks if "/switchboard/" in getattr(task.get_coro(), "cr_code", _left.__code__).co_filename
    }
    return (await asyncio.wait(ours, timeout=SETTLING_SECONDS))[1] if ours else set()
