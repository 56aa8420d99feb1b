"""A3. One address cannot fill the house, and a call that nobody joins costs next to nothing."""

import asyncio
from collections.abc import AsyncIterator

import httpx2
import pytest
from livekit import api
from livekit.agents import JobRequest
from livekit.agents.job import JobAcceptArguments
from livekit.protocol.agent import Job
from livekit.protocol.models import Room
from pydantic import SecretStr

from switchboard.call.admission import Admission
from switchboard.call.dispatch import Dispatch
from switchboard.call.source import Source
from switchboard.http.capacity import Capacity
from switchboard.http.errors import TooManyCalls
from switchboard.http.rooms import Rooms
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Recovered
from switchboard.settings.schema import Limits, LiveKitAccess, Settings, Web, Worker
from tests.app.conftest import line
from tests.app.line import Line, in_the_room
from tests.browser.ledger import ended, events_when, of
from tests.browser.participant import TRANSCRIPTS
from tests.livekit import SECRET, LiveKitServer, livekit_server
from tests.switchboard.http.conftest import guests, livekit
from tests.switchboard.http.house import Answer, Guests, House, error_of, eventually, open_house

__all__ = ["guests", "line", "livekit", "livekit_server"]

NO_RATE = Web(rate_limit=10_000)
AS_DELIVERED = Settings(web=NO_RATE)
OPEN, UNJOINED = AS_DELIVERED.call.calls_per_address, AS_DELIVERED.call.unjoined_per_address
SOMEONE, ELSE = "198.51.100.7", "203.0.113.9"


@pytest.fixture
async def house(livekit_server: LiveKitServer, livekit: api.LiveKitAPI) -> AsyncIterator[House]:
    """With the limits as they are delivered."""
    async with open_house(livekit_server.access, AS_DELIVERED) as house:
        yield house


async def calls(house: House, address: str, times: int, path: str = "/calls") -> list[httpx2.Response]:
    async with house.caller(address) as caller:
        return await asyncio.gather(*(caller.post(path, json={}) for _ in range(times)))


def made(answers: list[httpx2.Response]) -> list[Answer]:
    return [answer.json() for answer in answers if answer.status_code == 201]


async def joined(house: House, guests: Guests, address: str) -> Answer:
    """A call whose caller is there, as the server has it."""
    (call,) = made(await calls(house, address, 1))
    await guests.join(call["participant_token"])
    return call


async def test_twenty_calls_at_once_from_one_address_leave_room_for_the_next_caller(house: House) -> None:
    flood = await calls(house, SOMEONE, 20)
    (next_caller,) = await calls(house, ELSE, 1)

    assert len(made(flood)) == UNJOINED
    refused = next(answer for answer in flood if answer.status_code != 201)
    assert (refused.status_code, error_of(refused)) == (429, "too_many_calls")
    assert int(refused.headers["retry-after"]) > 0
    assert next_caller.status_code == 201


async def test_an_address_has_only_so_many_calls_joined_or_not(house: House, guests: Guests) -> None:
    for _ in range(OPEN):
        await joined(house, guests, SOMEONE)
    (one_more,) = await calls(house, SOMEONE, 1)
    (next_caller,) = await calls(house, ELSE, 1)

    assert error_of(one_more) == "too_many_calls"
    assert next_caller.status_code == 201


async def test_a_call_that_is_joined_makes_room_for_the_next(house: House, guests: Guests) -> None:
    unjoined = made(await calls(house, SOMEONE, UNJOINED))
    (refused,) = await calls(house, SOMEONE, 1)
    await guests.join(unjoined[0]["participant_token"])
    (taken,) = await calls(house, SOMEONE, 1)

    assert (refused.status_code, taken.status_code) == (429, 201)


async def test_the_addresses_of_one_ipv6_customer_are_one_address(house: House) -> None:
    answers = [*await calls(house, "2001:db8:1:2::1", UNJOINED), *await calls(house, "2001:db8:1:2:ffff::9", 1)]
    (neighbour,) = await calls(house, "2001:db8:1:3::1", 1)

    assert [answer.status_code for answer in answers] == [*[201] * UNJOINED, 429]
    assert neighbour.status_code == 201


async def test_tokens_for_other_frontends_count_as_well(house: House, guests: Guests) -> None:
    for token in made(await calls(house, SOMEONE, OPEN, "/token")):
        await guests.join(token["participant_token"])

    async def are_counted() -> bool:
        (one_more,) = await calls(house, SOMEONE, 1, "/token")
        return one_more.status_code == 429

    await eventually(are_counted)
    assert (await calls(house, ELSE, 1, "/token"))[0].status_code == 201


async def test_hoarded_tokens_of_one_address_open_no_more_rooms_than_it_may_have(
    house: House, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    for token in made(await calls(house, SOMEONE, OPEN + 3, "/token")):
        await guests.join(token["participant_token"])

    async def surplus_is_closed() -> bool:
        return len((await livekit.room.list_rooms(api.ListRoomsRequest())).rooms) == OPEN

    await eventually(surplus_is_closed)


async def test_to_sign_in_as_somebody_else_is_no_way_to_more_calls(livekit_server: LiveKitServer) -> None:
    sources = [Source(address="somebody's", identity=f"identity {i}") for i in range(OPEN + 1)]
    rooms = [Room(name=f"call-{source.identity}", metadata=source.dumps()) for source in sources[1:]]
    capacity = Capacity(Rooms(livekit_server.access, AS_DELIVERED.call), AS_DELIVERED.call)

    assert capacity.refusal(rooms, sources[0]) is TooManyCalls
    assert capacity.refusal(rooms, Source(address="somebody else's")) is None


async def test_several_web_apps_count_together(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI, house: House
) -> None:
    async with open_house(livekit_server.access, AS_DELIVERED) as other:
        answers = [*await calls(house, SOMEONE, UNJOINED), *await calls(other, SOMEONE, 1)]
    assert [answer.status_code for answer in answers] == [*[201] * UNJOINED, 429]


async def test_no_address_stands_in_a_room(house: House, livekit: api.LiveKitAPI) -> None:
    await calls(house, SOMEONE, 1)
    (room,) = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms
    assert room.metadata
    assert SOMEONE not in str(room)


async def test_the_last_places_are_kept_for_the_phone(livekit_server: LiveKitServer, livekit: api.LiveKitAPI) -> None:
    small = Settings(web=NO_RATE, call=Limits(max_calls=3, kept_for_phone=1))
    await livekit.room.create_room(api.CreateRoomRequest(name="phone-15550100_1"))
    async with open_house(livekit_server.access, small) as house:
        answers = [*await calls(house, SOMEONE, 1), *await calls(house, ELSE, 1)]
    assert [answer.status_code for answer in answers] == [201, 503]


@pytest.mark.parametrize(("phone", "answer"), [(True, "taken"), (False, "another's")])
async def test_a_worker_gives_its_last_places_to_phones_only(phone: bool, answer: str) -> None:
    answers: list[str] = []

    async def refuse(terminate: bool) -> None:
        answers.append("nobody's" if terminate else "another's")

    async def take(_: JobAcceptArguments) -> None:
        answers.append("taken")

    chosen = Settings(call=Limits(max_calls=20, kept_for_phone=10), worker=Worker(max_calls=4))
    access = LiveKitAccess("ws://127.0.0.1:1", "key", SecretStr(SECRET), "switchboard")
    running = ("one", "two")
    admission = Admission(access, chosen.worker.max_calls, lambda: running, chosen.kept_for_phone_by_a_worker)
    job = Job(id="three", metadata=Dispatch(phone=phone).dumps(), room=Room(name="room"))
    await admission.decide(JobRequest(job=job, on_reject=refuse, on_accept=take))

    assert answers == [answer]


async def test_a_call_that_nobody_joins_lets_the_model_go_and_who_comes_late_is_answered_all_the_same(
    line: Line,
) -> None:
    line.worker.environ["CALL_WARM_SECONDS"] = "1"
    await asyncio.to_thread(line.worker.start)
    async with httpx2.AsyncClient() as client:

        async def connections() -> int:
            return int((await client.get(line.stack.model)).json()["open"])

        async def called() -> bool:
            return await connections() == 1

        async def let_go() -> bool:
            return await connections() == 0

        call = (await line.caller.post("/calls", json={})).json()
        await eventually(called)
        await eventually(let_go)
        rooms = await line.server.room.list_rooms(api.ListRoomsRequest(names=[call["id"]]))
        assert rooms.rooms, "the call still waits for its caller"
        async with in_the_room(line, call) as caller:
            await caller.gets(TRANSCRIPTS, "Fernway")
            await caller.say("Where is my order?")
            await events_when(line.ledger, call["id"], lambda events: len(of(events, AgentSpoke)) > 1)
            await caller.say("Goodbye!")
            await caller.put_out.wait()
    events = await ended(line.ledger, call["id"])
    assert [spoke.text for spoke in of(events, CallerSpoke)] == ["Where is my order?", "Goodbye!"]
    assert of(events, Ended)[0].reason == "goodbye"
    assert not of(events, Recovered), "nothing had gone wrong"
