"""Keys become a turn."""

import asyncio

import pytest

from switchboard.keypad import Keypad


async def test_a_hash_ends_the_number() -> None:
    turns: list[str] = []
    keypad = Keypad(turns.append)
    for key in "10042#7#":
        keypad.press(key)

    assert turns == ["10042", "7"]


async def test_a_pause_ends_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchboard.keypad.PAUSE_SECONDS", 0.01)
    entered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    keypad = Keypad(entered.set_result)
    for key in "10042":
        keypad.press(key)

    assert await entered == "10042"


async def test_a_hash_alone_says_nothing() -> None:
    turns: list[str] = []
    Keypad(turns.append).press("#")

    assert turns == []
