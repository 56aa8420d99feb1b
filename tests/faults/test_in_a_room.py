"""The table of calls in rooms names every row and every scene; `python -m tests.faults` makes all of its calls."""

import asyncio
from collections import Counter

import pytest

from bench.silence import Clock
from tests.faults.cells import cells, chosen, left, make
from tests.faults.room_call import House
from tests.faults.rows import ROWS
from tests.faults.scenes import SCENES
from tests.livekit import LiveKitServer, livekit_server
from tests.switchboard.conftest import database_url

__all__ = ["database_url", "livekit_server"]

EACH = 4
"""Every fourth row of a rotation is tried here: a call lasts ten seconds and more."""


def test_a_rotation_has_each_row_once_and_each_scene_and_all_rotations_have_every_cell() -> None:
    tried = chosen()
    rotations = [cell.id for rotation in range(len(SCENES)) for cell in chosen(rotation)]

    assert [cell.row.name for cell in tried] == [row.name for row in ROWS]
    assert len(Counter(cell.scene.id for cell in tried)) >= 30
    assert set(rotations) == {cell.id for cell in cells()}
    assert len({cell.id for cell in cells()}) == len(cells())


async def test_callers_in_a_room_lose_no_word_and_hear_something_within_two_seconds_of_a_fault(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = asyncio.all_tasks()
    async with Clock() as clock:
        house = House(livekit_server, database_url, clock, monkeypatch)
        found = await make(house, chosen()[::EACH])
        rooms = await house.rooms_left()

    assert [str(each) for each in found if each.wrong] == []
    assert rooms == []
    assert await left(asyncio.all_tasks() - before) == set()
