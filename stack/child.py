"""A child process with its children, as one thing that can be stopped."""

import asyncio
import os
import signal
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import IO, Self

from stack.guard import Guard

LINE_LIMIT = 1 << 20


class Child:
    """A process in a session of its own: Ctrl-C in the terminal does not reach it, and its group ends with it."""

    def __init__(self, process: asyncio.subprocess.Process, guard: Guard) -> None:
        self._process = process
        self._guard = guard
        self._stopped = False
        guard.watch(process.pid)

    @classmethod
    async def start(
        cls,
        guard: Guard,
        command: Sequence[str],
        *,
        environ: Mapping[str, str],
        folder: Path | None = None,
        output: IO[bytes] | int = asyncio.subprocess.PIPE,
    ) -> Self:
        """Start `command` with nothing to read; both of its outputs go to `output`. Raises `OSError`."""
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=output,
            stderr=asyncio.subprocess.STDOUT,
            env=environ,
            cwd=folder,
            start_new_session=True,
            limit=LINE_LIMIT,
        )
        return cls(process, guard)

    @property
    def pid(self) -> int:
        return self._process.pid

    async def wait(self) -> int:
        """The exit code, once it has ended; -N for a signal."""
        return await self._process.wait()

    async def lines(self) -> AsyncIterator[str]:
        """What it writes, line by line, to the end."""
        assert self._process.stdout is not None
        async for line in self._process.stdout:
            yield line.decode(errors="replace").rstrip()

    async def stop(self, patience: float, again: float | None = None) -> bool:
        """SIGTERM, and SIGKILL for all that is left after `patience` seconds; whether it went by itself.

        `again`: seconds after which SIGTERM is sent once more, to a program that takes it as "now".
        """
        try:
            if again is not None and await self._terminate(again):
                return True
            return await self._terminate(patience)
        finally:
            self.kill()
            await self._process.wait()
            self._stopped = True
            self._guard.release(self.pid)

    async def _terminate(self, seconds: float) -> bool:
        with suppress(ProcessLookupError):
            self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), seconds)
        except TimeoutError:
            return False
        return True

    def kill(self) -> None:
        """SIGKILL to the whole group, now; `stop` has to follow."""
        if not self._stopped:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(self.pid, signal.SIGKILL)
