"""A lock between processes, in a file. The system releases it when its holder ends, however that was."""

import asyncio
import fcntl
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import IO

from stack.errors import explained

POLL_SECONDS = 0.1


@asynccontextmanager
async def locked(path: Path, waiting: Callable[[], None]) -> AsyncIterator[None]:
    """Hold the lock for the block; `waiting` is called once if somebody else has it."""
    with _opened(path) as file:
        told = False
        while not _take(file):
            if not told:
                waiting()
                told = True
            await asyncio.sleep(POLL_SECONDS)
        yield


def _opened(path: Path) -> IO[str]:
    with explained("Keeping something in the cache"):
        path.parent.mkdir(parents=True, exist_ok=True)
        return path.open("a")


def _take(file: IO[str]) -> bool:
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
