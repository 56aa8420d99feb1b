"""Work beside a call: it fails in one way, and never without a word."""

import asyncio
from collections.abc import Coroutine, Generator
from typing import Any

import pytest
from structlog.testing import capture_logs

from switchboard.background import Background

SAID = "my PIN is 4711"


async def fail() -> None:
    raise ValueError(SAID)


async def test_what_fails_is_told_to_the_owner_and_logged_without_a_word_of_the_caller() -> None:
    failed = asyncio.Event()
    background = Background(failed.set)
    with capture_logs() as logs:
        background.run(fail(), "attend")
        await asyncio.wait_for(failed.wait(), 5)

    assert [(entry["work"], entry["error"]) for entry in logs] == [("attend", "ValueError")]
    assert logs[0]["where"].startswith("test_background.py:")
    assert SAID not in str(logs)


class Traceless(Coroutine[Any, Any, None]):
    """Fails where no line of Python is."""

    send = staticmethod(int)
    throw = staticmethod(int)  # type: ignore[assignment]

    def close(self) -> None:
        """Nothing is open."""

    def __await__(self) -> Generator[Any, Any, None]:
        raise NotImplementedError


async def test_what_fails_in_no_line_of_python_is_told_to_the_owner_too() -> None:
    failed = asyncio.Event()
    background = Background(failed.set)
    with capture_logs() as logs:
        background.run(Traceless(), "attend")
        await asyncio.wait_for(failed.wait(), 5)

    assert [(entry["work"], entry["error"], entry["where"]) for entry in logs] == [("attend", "TypeError", "")]


async def test_what_ends_or_is_stopped_has_not_failed() -> None:
    failed: list[bool] = []
    background = Background(lambda: failed.append(True))
    ended = background.run(asyncio.sleep(0), "short")
    stopped = background.run(asyncio.Event().wait(), "long")
    await ended
    await background.aclose()

    assert stopped.cancelled()
    assert failed == []


@pytest.mark.parametrize("times", [1, 3])
async def test_closing_waits_until_all_has_stopped(times: int) -> None:
    cleaned: list[int] = []

    async def work(number: int) -> None:
        try:
            await asyncio.Event().wait()
        finally:
            await asyncio.sleep(0)
            cleaned.append(number)

    background = Background(lambda: None)
    for number in range(times):
        background.run(work(number), "work")
    await asyncio.sleep(0)
    await background.aclose()

    assert sorted(cleaned) == list(range(times))
