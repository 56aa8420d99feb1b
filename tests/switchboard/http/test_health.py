"""Health is asked for often, by whoever watches the web app, and LiveKit is not."""

import asyncio

from switchboard.http.errors import LiveKitDown
from switchboard.http.health import Health
from switchboard.http.rooms import Rooms
from switchboard.settings.schema import Limits
from tests.switchboard.http.test_app import NOWHERE


class WatchedRooms(Rooms):
    """Says how often LiveKit is asked, which is `well` or not."""

    def __init__(self) -> None:
        super().__init__(NOWHERE, Limits())
        self.asked = 0
        self.well = True

    async def exists(self, name: str) -> bool:
        self.asked += 1
        await asyncio.sleep(0)  # others ask meanwhile
        if not self.well:
            raise LiveKitDown
        return False


async def test_livekit_is_asked_once_a_second_however_many_ask_at_once() -> None:
    rooms = WatchedRooms()
    watched = Health(rooms)
    answers = await asyncio.gather(*(watched.show() for _ in range(5)))
    rooms.well = False
    answers.append(await watched.show())

    assert rooms.asked == 1
    assert all(answer.livekit for answer in answers)


async def test_what_is_known_for_long_is_asked_for_anew() -> None:
    rooms, now = WatchedRooms(), [100.0]
    watched = Health(rooms, clock=lambda: now[0])
    told = []
    for now[0], rooms.well in ((100.0, True), (101.0, False), (101.1, False), (102.0, True), (102.2, True)):
        told.append((await watched.show()).livekit)

    assert told == [True, True, False, False, True]
