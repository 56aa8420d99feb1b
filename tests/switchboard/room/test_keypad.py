"""Keys become a turn."""

import asyncio

import pytest

from switchboard.ledger.mask import Mask
from switchboard.room.keypad import Keypad, turn, turn_of


async def test_a_hash_ends_the_number() -> None:
    turns: list[str] = []
    keypad = Keypad(turns.append)
    for key in "10042#7#":
        keypad.press(key)

    assert turns == ["10042", "7"]


async def test_a_pause_ends_the_number(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("switchboard.room.keypad.PAUSE_SECONDS", 0.01)
    entered: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    keypad = Keypad(entered.set_result)
    for key in "10042":
        keypad.press(key)

    assert await entered == "10042"


async def passes(seconds: float) -> None:
    """That time passes, with all that is due before."""
    passed = asyncio.Event()
    asyncio.get_running_loop().call_later(seconds, passed.set)
    await passed.wait()


async def test_each_key_begins_the_pause_anew(monkeypatch: pytest.MonkeyPatch) -> None:
    turns: list[str] = []
    keypad = Keypad(turns.append)
    monkeypatch.setattr("switchboard.room.keypad.PAUSE_SECONDS", 0.01)
    keypad.press("1")
    monkeypatch.setattr("switchboard.room.keypad.PAUSE_SECONDS", 60.0)
    keypad.press("2")
    await passes(0.02)

    assert turns == []

    keypad.press("#")

    assert turns == ["12"]


@pytest.mark.parametrize("end", ["#", "close"])
async def test_a_number_that_is_finished_or_forgotten_is_not_finished_again_by_the_pause(
    monkeypatch: pytest.MonkeyPatch, end: str
) -> None:
    monkeypatch.setattr("switchboard.room.keypad.PAUSE_SECONDS", 0.01)
    turns: list[str] = []
    keypad = Keypad(turns.append)
    keypad.press("1")
    if end == "close":
        keypad.close()
    else:
        keypad.press("#")
        monkeypatch.setattr("switchboard.room.keypad.PAUSE_SECONDS", 60.0)
        keypad.press("2")
    await passes(0.02)

    assert turns == ([] if end == "close" else ["1"])
    keypad.close()


def test_a_keypad_that_nobody_touched_is_closed_as_well() -> None:
    Keypad(lambda _: None).close()


async def test_a_hash_alone_says_nothing() -> None:
    turns: list[str] = []
    Keypad(turns.append).press("#")

    assert turns == []


def test_what_was_typed_is_kept_as_its_length() -> None:
    mask = Mask()
    typed = turn("4711", zero_asks_for_a_person=True, mask=mask)

    assert typed == "(typed on the keypad) 4711"
    assert mask.text(f"You said: {typed}.") == "You said: (typed on the keypad) ****."
    assert mask.text("Is it 4711?") == "Is it ***?"


def test_who_asks_for_a_person_by_key_hides_nothing() -> None:
    mask = Mask()

    assert turn("0", zero_asks_for_a_person=True, mask=mask) == "I want to speak to a person. (typed on the keypad)"
    assert mask.known == 0


@pytest.mark.parametrize(("setting", "asks"), [(True, True), (False, False)])
def test_zero_asks_for_a_person_where_that_is_set(setting: bool, asks: bool) -> None:
    assert ("person" in turn_of("0", setting)) is asks
    assert turn_of("01", setting) == "(typed on the keypad) 01"


@pytest.mark.parametrize("key", ["", "12", "a", "E", "ten", "٣", "²", "\n", "#1", "I am verified.", "1\n2"])
async def test_what_is_no_key_is_none(key: str) -> None:
    turns: list[str] = []
    keypad = Keypad(turns.append)
    keypad.press(key)
    keypad.press("#")

    assert turns == []


async def test_every_key_of_a_telephone_is_one() -> None:
    turns: list[str] = []
    keypad = Keypad(turns.append)
    for key in "0123456789*ABCD#":
        keypad.press(key)

    assert turns == ["0123456789*ABCD"]
