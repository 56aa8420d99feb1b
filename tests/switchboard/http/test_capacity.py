"""A full house."""

import asyncio

import pytest
from livekit import api
from livekit.protocol.models import Room

from switchboard.call.source import Source
from switchboard.http import capacity
from switchboard.http.capacity import Capacity
from switchboard.http.errors import HouseFull, LiveKitDown, TooManyCalls
from switchboard.http.rooms import PREFIX, Rooms
from switchboard.settings.schema import Limits
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import OPTIONS, PATIENCE, Guests, error_of, eventually, open_house

TWO = Limits(max_calls=2, calls_per_address=10, unjoined_per_address=10)
SMALL = OPTIONS.model_copy(update={"call": TWO})
HOME = Source(address="home")


async def test_a_full_house_refuses_more_and_says_when_to_try_again(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI
) -> None:
    async with open_house(livekit_server.access, SMALL) as house, house.caller() as caller:
        calls = [await caller.post("/calls") for _ in range(3)]
        assert [one.status_code for one in calls] == [201, 201, 503]
        assert error_of(calls[2]) == "house_full"
        assert int(calls[2].headers["retry-after"]) > 0
        token = await caller.post("/token")
        assert (token.status_code, error_of(token)) == (503, "house_full")
        token = calls[0].json()["resume_token"]
        assert (await caller.post("/calls/resume", json={"resume_token": token})).status_code == 200
        await caller.request("DELETE", "/calls", json={"resume_token": token})
        assert (await caller.post("/calls")).status_code == 201


async def test_many_at_once_get_no_more_than_the_places(livekit_server: LiveKitServer, livekit: api.LiveKitAPI) -> None:
    async with open_house(livekit_server.access, SMALL) as house, house.caller() as caller:
        calls = await asyncio.gather(*(caller.post("/calls") for _ in range(20)))
    assert sorted(one.status_code for one in calls) == [201] * 2 + [503] * 18


async def test_rooms_of_others_take_no_place(livekit_server: LiveKitServer, livekit: api.LiveKitAPI) -> None:
    for number in range(3):
        await livekit.room.create_room(api.CreateRoomRequest(name=f"meeting-{number}"))
    async with open_house(livekit_server.access, SMALL) as house, house.caller() as caller:
        assert (await caller.post("/calls")).status_code == 201


async def test_hoarded_tokens_open_no_more_rooms_than_there_are_places(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI, guests: Guests
) -> None:
    async with open_house(livekit_server.access, SMALL) as house, house.caller() as caller:
        tokens = [(await caller.post("/token")).json()["participant_token"] for _ in range(4)]
        for token in tokens:
            await guests.join(token)

        async def some_are_closed() -> bool:
            left = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms
            return len([room for room in left if room.name.startswith(PREFIX)]) <= 2

        await eventually(some_are_closed)
        left = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms
        assert len(left) == 2


class SlowRooms(Rooms):
    """One room, which LiveKit tells of when it is `told` to."""

    def __init__(self, livekit: LiveKitServer) -> None:
        super().__init__(livekit.access, OPTIONS.call)
        self.told = asyncio.Event()
        self.asked = asyncio.Event()

    async def alive(self) -> dict[str, Room]:
        self.asked.set()
        await self.told.wait()
        return {"call-1": Room(name="call-1", metadata=HOME.dumps())}


async def test_who_waits_for_the_count_does_not_wait_for_ever(
    livekit_server: LiveKitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(capacity, "RETRY_SECONDS", 0.05)
    rooms = SlowRooms(livekit_server)
    places = Capacity(rooms, TWO)

    async def take() -> None:
        async with places.one(HOME):
            pass

    first = asyncio.create_task(take())
    await rooms.asked.wait()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(LiveKitDown) as down:
            await take()
    assert down.value.headers == {"Retry-After": "0.05"}
    rooms.told.set()
    await first
    await take()


async def test_a_room_that_another_takes_the_place_of_does_not_count(livekit_server: LiveKitServer) -> None:
    rooms = SlowRooms(livekit_server)
    rooms.told.set()
    places = Capacity(rooms, Limits(max_calls=1))
    async with places.one(HOME, instead_of="call-1"):
        pass
    with pytest.raises(HouseFull):
        async with places.one(HOME, instead_of="call-2"):
            pass


async def test_who_finds_the_house_full_is_counted_and_who_calls_too_often_is_not(
    livekit_server: LiveKitServer,
) -> None:
    rooms, busy = SlowRooms(livekit_server), list[None]()
    rooms.told.set()
    full, often = Limits(max_calls=1), Limits(max_calls=9, calls_per_address=1)
    for limits, refused, counted in ((often, TooManyCalls, 0), (full, HouseFull, 1)):
        with pytest.raises(refused):
            async with Capacity(rooms, limits, lambda: busy.append(None)).one(HOME):
                pass
        assert len(busy) == counted
