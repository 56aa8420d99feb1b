"""A dispatch that nobody took is noticed, and asked for again."""

import asyncio
import secrets
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager, suppress
from functools import partial

import httpx2
import pytest
from livekit import api
from livekit.agents import AgentServer, JobContext, JobExecutorType, JobRequest
from livekit.protocol.models import ParticipantInfo, Room

from switchboard.call.admission import Admission
from switchboard.call.dispatch import Dispatch
from switchboard.http.attendance import MOST_ASKED, Attendance
from switchboard.http.capacity import Capacity
from switchboard.http.rooms import CallRoom, Rooms
from switchboard.room.join import join
from switchboard.settings.schema import Limits
from tests.livekit import KEY, SECRET, LiveKitServer
from tests.switchboard.http.house import OPTIONS, PATIENCE, Guests, eventually, open_house

REFUSED = "refused"
OLD, NEW = (CallRoom(f"call-{name}", "caller-1", "support-line", warm=True) for name in ("old", "new"))


Decide = Callable[[JobRequest], Awaitable[None]]


@asynccontextmanager
async def worker(url: str, refuses: int = 0, decide: Decide | None = None) -> AsyncIterator[asyncio.Queue[str]]:
    """A worker of LiveKit's own that sits in its rooms; tells the metadata of its jobs. The first ones it `refuses`.

    With `decide` that decides.
    """
    jobs: asyncio.Queue[str] = asyncio.Queue()
    loop = asyncio.get_running_loop()
    server = AgentServer(
        ws_url=url,
        api_key=KEY,
        api_secret=SECRET,
        job_executor_type=JobExecutorType.THREAD,
        num_idle_processes=0,  # one that is just begun when the worker ends keeps it for ever (LiveKit 1.8.9, threads)
        load_fnc=lambda: 0.0,
        host="127.0.0.1",
        port=0,
    )

    async def sit(ctx: JobContext) -> None:
        await join(ctx.room, ctx.connect())
        loop.call_soon_threadsafe(jobs.put_nowait, ctx.job.metadata)

    async def choose(request: JobRequest) -> None:
        nonlocal refuses
        if refuses:
            refuses -= 1
            await request.reject()
            jobs.put_nowait(REFUSED)
        else:
            await request.accept()

    server.rtc_session(sit, agent_name="switchboard", on_request=decide or choose)
    ready = asyncio.Event()
    server.on("worker_registered", lambda *_: ready.set())
    running = asyncio.create_task(server.run(devmode=True))
    try:
        async with asyncio.timeout(PATIENCE):
            await ready.wait()
        yield jobs
    finally:
        await server.aclose()
        running.cancel()
        with suppress(asyncio.CancelledError):
            await running


async def agents_in(livekit: api.LiveKitAPI, room: str) -> int:
    there = await livekit.room.list_participants(api.ListParticipantsRequest(room=room))
    return sum(one.kind == ParticipantInfo.Kind.AGENT for one in there.participants)


async def dispatches(livekit: api.LiveKitAPI, room: str) -> set[str]:
    return {one.id for one in await livekit.agent_dispatch.list_dispatch(room)}


async def test_a_call_that_nobody_took_is_asked_for_again_and_one_that_was_taken_is_not(
    caller: httpx2.AsyncClient, livekit: api.LiveKitAPI, livekit_server: LiveKitServer
) -> None:
    offered: list[str] = []

    async def refuse_the_second_call_once(request: JobRequest) -> None:
        new = request.room.name not in offered
        offered.append(request.room.name)
        await (request.reject() if new and len(set(offered)) == 2 else request.accept())

    async with worker(livekit_server.url, decide=refuse_the_second_call_once) as jobs, asyncio.timeout(PATIENCE):
        taken = (await caller.post("/calls")).json()["id"]
        assert Dispatch.parse(await jobs.get()).warm
        assert await eventually(partial(agents_in, livekit, taken))
        lost = (await caller.post("/calls")).json()["id"]
        refused = await dispatches(livekit, lost)
        accepted = await dispatches(livekit, taken)
        assert await eventually(partial(agents_in, livekit, lost))
        assert await dispatches(livekit, taken) == accepted
        asked_again = await dispatches(livekit, lost)
        assert len(asked_again) > 1
        assert asked_again > refused, "deleting the first would end its agent, who may be on the way"


async def test_calls_that_a_full_worker_is_offered_are_taken_by_another_at_once(
    livekit: api.LiveKitAPI, livekit_server: LiveKitServer
) -> None:
    offered = asyncio.Event()
    full = Admission(livekit_server.access, 0, lambda: ())

    async def refuse(request: JobRequest) -> None:
        offered.set()
        await full.decide(request)

    async with (
        worker(livekit_server.url, decide=refuse),
        worker(livekit_server.url) as jobs,
        asyncio.timeout(PATIENCE),
    ):
        while not offered.is_set():  # LiveKit's server asks either of them first
            await livekit.room.create_room(
                api.CreateRoomRequest(
                    name=f"call-{secrets.token_hex(6)}", agents=[api.RoomAgentDispatch(agent_name="switchboard")]
                )
            )
            await jobs.get()


async def test_a_caller_with_a_mere_token_is_looked_after_too(
    caller: httpx2.AsyncClient, guests: Guests, livekit: api.LiveKitAPI, livekit_server: LiveKitServer
) -> None:
    async with worker(livekit_server.url, refuses=1) as jobs, asyncio.timeout(PATIENCE):
        room = await guests.join((await caller.post("/token")).json()["participant_token"])
        assert await jobs.get() == REFUSED
        assert not Dispatch.parse(await jobs.get()).warm
        assert await eventually(lambda: agents_in(livekit, room.name)) == 1


@pytest.fixture
async def impatient(livekit_server: LiveKitServer, livekit: api.LiveKitAPI) -> AsyncIterator[httpx2.AsyncClient]:
    """A caller of a house that asks again before a worker could have come."""
    async with open_house(livekit_server.access, watch_seconds=0.05) as house, house.caller() as caller:
        yield caller


async def test_asking_has_an_end_and_takes_nothing_back(impatient: httpx2.AsyncClient, livekit: api.LiveKitAPI) -> None:
    call = (await impatient.post("/calls")).json()
    seen: set[str] = set()

    async def asked_often_enough() -> bool:
        dispatches = {one.id for one in await livekit.agent_dispatch.list_dispatch(call["id"])}
        assert dispatches >= seen
        seen.update(dispatches)
        return len(seen) == 1 + MOST_ASKED

    await eventually(asked_often_enough)


async def test_a_room_with_its_agent_is_left_alone(
    impatient: httpx2.AsyncClient, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    async def another_is_asked_for() -> None:
        """A look at all rooms, which began after this."""
        lost = (await impatient.post("/calls")).json()["id"]
        first = await dispatches(livekit, lost)

        async def again() -> bool:
            return first != await dispatches(livekit, lost)

        await eventually(again)

    busy = (await impatient.post("/calls")).json()["id"]
    await guests.agent(busy)
    await another_is_asked_for()  # what was asked before the agent was there has been
    before = await dispatches(livekit, busy)
    await another_is_asked_for()
    assert await dispatches(livekit, busy) == before


async def test_who_comes_back_to_a_room_without_an_agent_gets_one_that_resumes(
    impatient: httpx2.AsyncClient, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    call = (await impatient.post("/calls")).json()
    agent = await guests.agent(call["id"])
    await guests.join(call["participant_token"])
    await agent.disconnect()
    back = (await impatient.post("/calls/resume", json={"resume_token": call["resume_token"]})).json()
    assert back["id"] == call["id"]
    await eventually(lambda: asked_to_resume(livekit, call["id"]))


async def test_an_agent_that_dies_after_its_caller_came_back_is_replaced(
    impatient: httpx2.AsyncClient, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    call = (await impatient.post("/calls")).json()
    ghost = await guests.agent(call["id"])
    await guests.join(call["participant_token"])
    await impatient.post("/calls/resume", json={"resume_token": call["resume_token"]})
    await ghost.disconnect()
    await eventually(lambda: asked_to_resume(livekit, call["id"]))


async def test_a_call_that_was_ended_is_not_asked_for_again(
    impatient: httpx2.AsyncClient, livekit: api.LiveKitAPI
) -> None:
    for _ in range(20):
        call = (await impatient.post("/calls")).json()
        await impatient.request("DELETE", "/calls", json={"resume_token": call["resume_token"]})

    async def nothing_is_left() -> bool:
        return not (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms

    await eventually(nothing_is_left)


class DesertedRooms(Rooms):
    """Two rooms that no agent ever comes to."""

    def __init__(self, livekit: LiveKitServer) -> None:
        super().__init__(livekit.access, OPTIONS.call)
        self.rooms = [OLD.name, NEW.name]
        self.attendance: Attendance | None = None
        self.done = asyncio.Event()
        """The agent of the newer one was asked for."""
        self.looks = 0
        self.asked: list[tuple[int, str]] = []

    async def alive(self) -> dict[str, Room]:
        self.looks += 1
        return {name: Room(name=name, sid=name) for name in self.rooms}

    async def end(self, name: str) -> None:
        self.rooms.remove(name)

    async def has_agent(self, name: str) -> bool:
        return False

    async def ask_again(self, room: CallRoom) -> bool:
        self.asked.append((self.looks, room.name))
        if room == NEW:
            self.done.set()
        return True


def attending(rooms: Rooms, pulse: float, most: int = 8) -> Attendance:
    limits = Limits(max_calls=most, calls_per_address=most)
    return Attendance(rooms, Capacity(rooms, limits), pulse)


class LateRooms(DesertedRooms):
    """The newer one is asked for while the attendance looks at the other."""

    async def alive(self) -> dict[str, Room]:
        assert self.attendance
        if not self.looks:
            self.attendance.expect(NEW, NEW, 60, admitted=True)
        return await super().alive()


async def test_a_call_that_was_asked_for_just_now_has_time_for_its_agent_to_come(livekit_server: LiveKitServer) -> None:
    rooms = LateRooms(livekit_server)
    async with attending(rooms, pulse=0.05) as attendance, asyncio.timeout(PATIENCE):
        rooms.attendance = attendance
        attendance.expect(OLD, OLD, 60, admitted=True)
        await rooms.done.wait()
    assert min(look for look, name in rooms.asked if name == NEW.name) > 1


async def test_no_agent_is_asked_for_any_more_for_a_call_that_ends(livekit_server: LiveKitServer) -> None:
    rooms = DesertedRooms(livekit_server)
    async with attending(rooms, pulse=0) as attendance, asyncio.timeout(PATIENCE):
        attendance.expect(OLD, OLD, 60, admitted=True)
        attendance.expect(NEW, NEW, 60, admitted=True)
        await attendance.release(OLD.name)
        await rooms.done.wait()
    assert {name for _, name in rooms.asked} == {NEW.name}


async def test_a_room_too_many_is_closed_and_no_agent_is_asked_for(livekit_server: LiveKitServer) -> None:
    rooms = DesertedRooms(livekit_server)
    async with attending(rooms, pulse=0, most=1) as attendance, asyncio.timeout(PATIENCE):
        attendance.expect(OLD, OLD, 60)
        attendance.expect(NEW, NEW, 60, admitted=True)
        await rooms.done.wait()
    assert rooms.rooms == [NEW.name]
    assert {name for _, name in rooms.asked} == {NEW.name}


class RemadeRooms(DesertedRooms):
    """Closed, and made anew by their callers, after the first look."""

    async def alive(self) -> dict[str, Room]:
        rooms = await super().alive()
        return {name: Room(name=name, sid=f"{name}-{self.looks > 1}") for name in rooms}

    async def ask_again(self, room: CallRoom) -> bool:
        return self.looks > 1 and await super().ask_again(room)


async def test_a_room_that_was_made_anew_after_its_caller_came_back_gets_an_agent(
    livekit_server: LiveKitServer,
) -> None:
    rooms = RemadeRooms(livekit_server)
    async with attending(rooms, pulse=0) as attendance, asyncio.timeout(PATIENCE):
        attendance.doubt(NEW, 60)
        await rooms.done.wait()
    assert rooms.looks > 1


class LongDesertedRooms(DesertedRooms):
    """Looked at many times."""

    async def alive(self) -> dict[str, Room]:
        if self.looks == 3 * MOST_ASKED:
            self.done.set()
        return await super().alive()

    async def ask_again(self, room: CallRoom) -> bool:
        self.asked.append((self.looks, room.name))
        return True


async def test_an_agent_that_never_comes_is_given_up_and_told_of_once(
    livekit_server: LiveKitServer, capfd: pytest.CaptureFixture[str]
) -> None:
    rooms = LongDesertedRooms(livekit_server)
    async with attending(rooms, pulse=0) as attendance, asyncio.timeout(PATIENCE):
        attendance.expect(NEW, NEW, 60, admitted=True)
        await rooms.done.wait()

    assert [look for look, _ in rooms.asked] == [1, 2, 3]
    assert "".join(capfd.readouterr()).count("[error") == 1


class OddRooms(DesertedRooms):
    """The first look fails for a reason that nobody has thought of."""

    async def alive(self) -> dict[str, Room]:
        rooms = await super().alive()
        if self.looks == 1:
            raise KeyError("+447700900123")
        return rooms


async def test_a_look_that_fails_is_told_and_the_calls_are_looked_after_all_the_same(
    livekit_server: LiveKitServer, capfd: pytest.CaptureFixture[str]
) -> None:
    rooms = OddRooms(livekit_server)
    async with attending(rooms, pulse=0) as attendance, asyncio.timeout(PATIENCE):
        attendance.expect(NEW, NEW, 60, admitted=True)
        await rooms.done.wait()
    said = "".join(capfd.readouterr())

    assert "work=attendance" in said
    assert "error=KeyError" in said
    assert "447700900123" not in said


async def asked_to_resume(livekit: api.LiveKitAPI, room: str) -> bool:
    dispatches = await livekit.agent_dispatch.list_dispatch(room)
    return any(Dispatch.parse(one.metadata).resume == room for one in dispatches)
