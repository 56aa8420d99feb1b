"""A process that was kept from listening does not take those for gone who have answered meanwhile."""

import asyncio
import time
from collections.abc import Callable

import pytest

from switchboard.realtime import alive, watchdog
from switchboard.realtime.alive import Alive
from switchboard.realtime.countdown import TICK_SECONDS, Countdown
from switchboard.realtime.watchdog import Watchdog

SECONDS = 3 * TICK_SECONDS


class Service:
    """Answers at once, on a connection of its own; whoever asked is told by `heard`."""

    def __init__(self, heard: Callable[[], None]) -> None:
        self._heard = heard

    async def open(self) -> None:
        server = await asyncio.start_server(self._answer, "127.0.0.1", 0)
        self._reader, self._writer = await asyncio.open_connection(*server.sockets[0].getsockname())
        self._server, self._listening = server, asyncio.create_task(self._listen())

    async def ask(self) -> None:
        self._writer.write(b"?\n")

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while line := await reader.readline():
            writer.write(line)

    async def _listen(self) -> None:
        while await self._reader.readline():
            self._heard()

    async def aclose(self) -> None:
        self._writer.close()
        self._listening.cancel()
        self._server.close()


async def starved() -> None:
    """The processor is somebody else's for longer than anybody waits, again and again."""
    for _ in range(3):
        await asyncio.sleep(0)
        time.sleep(2 * SECONDS)  # noqa: ASYNC251 - this is what is to be shown


async def test_it_is_over_after_its_seconds_and_tells_how_many_have_passed() -> None:
    over = asyncio.Event()
    began = time.monotonic()
    countdown = Countdown(SECONDS, over.set)
    assert countdown.passed == 0.0
    await over.wait()

    assert time.monotonic() - began >= SECONDS
    assert countdown.passed == pytest.approx(SECONDS)


async def test_one_that_is_cancelled_is_not_over() -> None:
    over = asyncio.Event()
    countdown = Countdown(0.0, over.set)
    countdown.cancel()
    for _ in range(3):
        await asyncio.sleep(0)

    assert not over.is_set()


async def test_a_connection_that_answers_is_not_taken_for_dead_by_a_process_that_starves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(alive, "DOUBT_SECONDS", 0.0)
    monkeypatch.setattr(alive, "GONE_SECONDS", SECONDS)
    gone = asyncio.Event()
    service = Service(lambda: connection.sign())
    connection = Alive(service.ask, gone.set)
    await service.open()
    connection.doubt()
    await starved()
    assert not connection.doubtful
    await asyncio.sleep(2 * TICK_SECONDS)

    assert not gone.is_set()
    await service.aclose()


async def test_an_answer_that_comes_is_not_taken_for_missing_by_a_process_that_starves(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(watchdog, "FIRST_SECONDS", SECONDS)
    silent = asyncio.Event()
    service = Service(lambda: waiting.received({"type": "response.done"}))
    waiting = Watchdog(silent.set)
    await service.open()
    await service.ask()
    waiting.asked()
    await starved()
    await asyncio.sleep(2 * TICK_SECONDS)

    assert not silent.is_set()
    assert not waiting.owed
    await service.aclose()
