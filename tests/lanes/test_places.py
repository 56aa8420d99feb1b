"""Who gets a place, on a machine that has room and on one that has not."""

import asyncio
from collections.abc import Callable

import pytest

from tests.lanes.places import Places, has_room


class Crowd:
    """Lanes that want a place, and stay until they are let go."""

    def __init__(self, offered: Places, size: int) -> None:
        self.inside: list[int] = []
        self._offered = offered
        self._leave = [asyncio.Event() for _ in range(size)]
        self._came = asyncio.Event()
        self._lanes = [asyncio.create_task(self._lane(number)) for number in range(size)]

    async def _lane(self, number: int) -> None:
        async with self._offered:
            self.inside.append(number)
            self._came.set()
            await self._leave[number].wait()
            self.inside.remove(number)

    async def until(self, inside: list[int]) -> None:
        async with asyncio.timeout(10):
            while self.inside != inside:
                self._came.clear()
                await self._came.wait()

    def let_go(self, number: int) -> None:
        self._leave[number].set()

    async def empty(self) -> None:
        for event in self._leave:
            event.set()
        await asyncio.gather(*self._lanes)


def asked(answers: list[bool], all_asked: asyncio.Event) -> Callable[[], bool]:
    """Answers each question in turn, and `False` from then on."""

    def room() -> bool:
        answer = bool(answers) and answers.pop(0)
        if not answers:
            all_asked.set()
        return answer

    return room


async def test_where_there_is_room_as_many_run_as_may_and_they_begin_in_their_order() -> None:
    crowd = Crowd(Places(2, 4, room=lambda: True, settles=0.01), 6)

    await crowd.until([0, 1, 2, 3])
    crowd.let_go(2)
    await crowd.until([0, 1, 3, 4])
    await crowd.empty()


async def test_where_there_is_none_a_lane_waits_for_the_end_of_another() -> None:
    all_asked = asyncio.Event()
    crowd = Crowd(Places(2, 4, room=asked([True, False, False], all_asked), settles=0.01), 5)

    await all_asked.wait()
    assert crowd.inside == [0, 1, 2]
    crowd.let_go(0)
    crowd.let_go(1)
    await crowd.until([2, 3])
    await crowd.empty()


@pytest.mark.parametrize(("load", "room"), [(3.9, True), (4.0, False)])
def test_two_processes_for_each_core_fill_a_machine(monkeypatch: pytest.MonkeyPatch, load: float, room: bool) -> None:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    monkeypatch.setattr("os.getloadavg", lambda: (load, 0.0, 0.0))

    assert has_room() is room
