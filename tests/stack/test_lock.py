"""The lock between processes."""

import asyncio
import subprocess
import sys
from pathlib import Path

import pytest

from stack.errors import LocalError
from stack.lock import locked

HOLDER = """
import asyncio, pathlib, sys
from stack.lock import locked

async def hold():
    async with locked(pathlib.Path(sys.argv[1]), lambda: None):
        print("held", flush=True)
        await asyncio.Event().wait()

asyncio.run(hold())
"""


async def test_the_second_waits_for_the_first_and_is_told(tmp_path: Path) -> None:
    order: list[str] = []
    waiting = asyncio.Event()

    async def second() -> None:
        async with locked(tmp_path / "lock", waiting.set):
            order.append("second")

    async with locked(tmp_path / "lock", lambda: order.append("never told")):
        task = asyncio.create_task(second())
        await waiting.wait()
        order.append("first")
    await task

    assert order == ["first", "second"]


async def test_a_lock_whose_holder_was_killed_is_free(tmp_path: Path) -> None:
    told: list[bool] = []
    command = [sys.executable, "-c", HOLDER, str(tmp_path / "lock")]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as holder:  # noqa: ASYNC220 - it is waited for at once
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        def waiting() -> None:
            told.append(True)
            holder.kill()

        async with locked(tmp_path / "lock", waiting):
            assert told == [True]


async def test_a_cache_that_cannot_be_written_is_told_in_one_line(tmp_path: Path) -> None:
    (tmp_path / "cache").write_text("a file, not a folder")

    with pytest.raises(LocalError, match=r"^Keeping something in the cache failed: File exists \(.*cache\)\.$"):
        async with locked(tmp_path / "cache" / "lock", lambda: None):
            pass
