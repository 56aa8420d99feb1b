"""Work that goes on beside a call. It has one way to fail: the log tells, and whoever owns the call is told."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from traceback import extract_tb
from typing import Any

import structlog

log = structlog.get_logger(__name__)


class Background:
    """Tasks of one owner. `failed` is called for each that raises: it has to end what can't go on without it."""

    def __init__(self, failed: Callable[[], None]) -> None:
        self._failed = failed
        self._tasks: set[asyncio.Task[Any]] = set()

    def run(self, work: Coroutine[Any, Any, Any], name: str) -> asyncio.Task[Any]:
        """Begin `work`; what it returns is of no interest, what it raises is."""
        task = asyncio.create_task(work, name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)
        return task

    def cancel(self) -> None:
        """Stop all of it, without waiting."""
        for task in self._tasks:
            task.cancel()

    async def aclose(self) -> None:
        """Stop all of it, and wait until it has stopped."""
        self.cancel()
        if self._tasks:
            await asyncio.wait(self._tasks)

    def _done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if task.cancelled() or (error := task.exception()) is None:
            return
        # Where and what kind, not its text: that may quote a caller.
        where = [f"{Path(each.filename).name}:{each.lineno}" for each in extract_tb(error.__traceback__)[-1:]]
        log.error("work beside a call failed", work=task.get_name(), error=type(error).__name__, where=" ".join(where))
        self._failed()
