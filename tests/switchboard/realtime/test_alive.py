"""A connection that is spoken to and gives no sign of life."""

import asyncio

import pytest

from switchboard.realtime import alive
from switchboard.realtime.alive import Alive


class Asked:
    """Counts the pings, and how often nobody was there."""

    def __init__(self) -> None:
        self.pings = 0
        self.gone = asyncio.Event()

    async def ping(self) -> None:
        self.pings += 1


@pytest.fixture
def at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DOUBT_SECONDS", "ANSWER_SECONDS", "GONE_SECONDS"):
        monkeypatch.setattr(alive, name, 0.0)


@pytest.mark.usefixtures("at_once")
async def test_it_is_asked_once_and_given_up_when_no_sign_comes() -> None:
    asked = Asked()
    connection = Alive(asked.ping, asked.gone.set)
    assert not connection.doubtful
    for _ in range(3):
        connection.doubt()
    await asked.gone.wait()

    assert asked.pings == 1
    assert connection.doubtful


async def test_a_sign_ends_the_doubt_until_there_has_been_none_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    asked = Asked()
    connection = Alive(asked.ping, asked.gone.set)
    connection.doubt()
    await asyncio.sleep(0)
    assert asked.pings == 0

    monkeypatch.setattr(alive, "DOUBT_SECONDS", 0.0)
    connection.doubt()
    connection.sign()
    await asyncio.sleep(0)
    assert asked.pings == 1
    assert not connection.doubtful
    assert connection._asked is None
