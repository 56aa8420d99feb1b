"""Whether there is somebody on a connection on which nobody says anything."""

import asyncio

import pytest

from switchboard.realtime import heartbeat
from switchboard.realtime.heartbeat import Heartbeat

BEAT = 0.05


class Connection:
    """Is asked, and answers while it `answers`."""

    def __init__(self) -> None:
        self.pings = 0
        self.asked, self.gone = asyncio.Event(), asyncio.Event()
        self.answers = True
        self.heartbeat = Heartbeat(self.ping, self.gone.set)

    async def ping(self) -> None:
        self.pings += 1
        if self.answers:
            self.heartbeat.sign()
        self.asked.set()

    async def until_asked(self) -> None:
        self.asked.clear()
        await self.asked.wait()


@pytest.fixture(autouse=True)
def fast(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heartbeat, "BEAT_SECONDS", BEAT)


async def test_a_quiet_connection_is_asked_again_and_again_and_is_there_while_it_answers() -> None:
    connection = Connection()
    connection.heartbeat.begin()
    for _ in range(3):
        await connection.until_asked()
    assert not connection.gone.is_set()

    connection.answers = False
    await connection.gone.wait()
    assert connection.pings == 4
    await asyncio.sleep(3 * BEAT)
    assert connection.pings == 4


async def test_one_on_which_something_comes_is_not_asked() -> None:
    connection, over = Connection(), asyncio.Event()

    def comes(more: int) -> None:
        connection.heartbeat.sign()
        if more:
            asyncio.get_running_loop().call_later(BEAT / 5, comes, more - 1)
        else:
            over.set()

    connection.heartbeat.begin()
    comes(40)
    await over.wait()

    assert not connection.pings


async def test_one_that_is_there_no_more_is_not_asked_until_the_next_begins() -> None:
    connection = Connection()
    connection.heartbeat.begin()
    connection.heartbeat.end()
    await asyncio.sleep(3 * BEAT)
    assert not connection.pings

    connection.heartbeat.begin()
    await connection.until_asked()
