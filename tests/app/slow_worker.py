"""`python -m tests.app.slow_worker start` is `main.py start`, whose first agent waits at a gate; see `Gate`."""

import asyncio
import os
from pathlib import Path

from livekit.agents import JobContext

from app import worker

FOLDER, AT = "SLOW_FOLDER", "SLOW_AT"


class Gate:
    """Where the first agent waits: a pipe, so that neither side has to look whether the other is there."""

    def __init__(self, folder: Path) -> None:
        self._pipe = folder / "gate"
        self._first = folder / "first"

    def build(self) -> None:
        os.mkfifo(self._pipe)

    async def reached(self) -> None:
        """The agent is there; the gate stays shut."""
        self._open = await asyncio.to_thread(os.open, self._pipe, os.O_WRONLY)

    def open(self) -> None:
        os.close(self._open)

    def is_first(self) -> bool:
        """Whether this agent is the first that asks."""
        try:
            self._first.touch(exist_ok=False)
        except FileExistsError:
            return False
        return True

    async def passed(self) -> None:
        await asyncio.to_thread(self._pipe.read_bytes)


async def answer(ctx: JobContext) -> None:
    """As every worker does it; the first one is held up before it looks at the room, or before it goes in."""
    gate = Gate(Path(os.environ[FOLDER]))
    if gate.is_first():
        passed = asyncio.ensure_future(gate.passed())
        if os.environ[AT] == "the beginning":
            await passed
        else:
            _connect_after(passed, ctx)
    await worker.answer(ctx)


def _connect_after(passed: "asyncio.Future[None]", ctx: JobContext) -> None:
    connect = ctx.connect

    async def later() -> None:
        await passed
        await connect()

    ctx.connect = later  # type: ignore[method-assign,assignment]


if __name__ == "__main__":
    worker.run(answer)
