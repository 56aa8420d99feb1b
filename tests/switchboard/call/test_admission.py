"""Which calls a worker takes, and what the caller of a phone hears whom it leaves to others."""

import asyncio
import secrets
from collections import Counter
from collections.abc import AsyncIterator

import pytest
from livekit import api
from livekit.agents import JobRequest
from livekit.agents.job import JobAcceptArguments
from livekit.protocol.agent import Job
from livekit.protocol.models import Room
from pydantic import SecretStr

from switchboard.call import admission
from switchboard.call.admission import Admission
from switchboard.call.dispatch import Dispatch
from switchboard.livekit import close_room
from switchboard.settings.schema import LiveKitAccess
from tests.livekit import SECRET, LiveKitServer
from tests.switchboard.http.house import Guests

NOWHERE = LiveKitAccess("ws://127.0.0.1:1", "key", SecretStr(SECRET), "switchboard")
PHONE, PAGE = Dispatch(phone=True), Dispatch()


class Offer:
    """A call that LiveKit offers, and what the worker answers: it may be `held` back in taking it."""

    def __init__(self, name: str = "call-1", dispatch: Dispatch = PAGE, held: asyncio.Event | None = None) -> None:
        job = Job(id=name, metadata=dispatch.dumps(), room=Room(name=name))
        self.request = JobRequest(job=job, on_reject=self._refuse, on_accept=self._take)
        self.answers: list[str] = []
        self.taking = asyncio.Event()
        self._held = held

    async def _refuse(self, terminate: bool) -> None:
        self.answers.append("nobody's" if terminate else "another's")

    async def _take(self, _: JobAcceptArguments) -> None:
        self.taking.set()
        if self._held:
            await self._held.wait()
        self.answers.append("taken")


@pytest.fixture(autouse=True)
def no_other_worker(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody is waited for."""
    monkeypatch.setattr(admission, "OTHERS_SECONDS", 0)


@pytest.fixture
async def server(livekit_server: LiveKitServer) -> AsyncIterator[api.LiveKitAPI]:
    async with livekit_server.api() as client:
        yield client


async def offer_to_a_full_worker(livekit: LiveKitAccess, *offers: Offer) -> int:
    """All that comes of it has come when this returns; how many were told that the line is busy."""
    busy = list[None]()
    full = Admission(livekit, 0, lambda: (), busy=lambda: busy.append(None))
    for offer in offers:
        await full.decide(offer.request)
    await asyncio.gather(*(task for task in asyncio.all_tasks() if task.get_name() == "busy line"))
    if full._client:
        await full._client.aclose()
    assert all(offer.answers == ["another's"] for offer in offers)
    return len(busy)


async def there(server: api.LiveKitAPI, name: str) -> bool:
    return bool((await server.room.list_rooms(api.ListRoomsRequest(names=[name]))).rooms)


@pytest.mark.parametrize(("dispatch", "stays"), [(PHONE, False), (PAGE, True)], ids=["a phone", "a page"])
async def test_a_phone_that_nobody_takes_is_let_go_and_a_page_waits(
    livekit_server: LiveKitServer, server: api.LiveKitAPI, dispatch: Dispatch, stays: bool
) -> None:
    mine, other = (f"call-{secrets.token_hex(6)}" for _ in range(2))
    for name in (mine, other):
        await server.room.create_room(api.CreateRoomRequest(name=name))
    busy = await offer_to_a_full_worker(livekit_server.access, Offer(mine, dispatch))

    assert (await there(server, mine), await there(server, other)) == (stays, True)
    assert busy == (0 if stays else 1)


async def test_a_phone_that_another_worker_took_meanwhile_is_left_to_it(
    livekit_server: LiveKitServer, server: api.LiveKitAPI
) -> None:
    name = f"call-{secrets.token_hex(6)}"
    guests = Guests(livekit_server.access)
    await guests.agent(name)
    assert await offer_to_a_full_worker(livekit_server.access, Offer(name, PHONE)) == 0

    assert await there(server, name)
    await guests.aclose()


async def test_an_overrun_server_is_asked_by_few_at_a_time_and_until_each_room_is_closed(
    livekit_server: LiveKitServer, server: api.LiveKitAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, asking, most = Counter[str](), list[str](), 0

    async def closes_at_the_second_time(client: api.LiveKitAPI, name: str) -> bool:
        nonlocal most
        asked[name] += 1
        asking.append(name)
        most = max(most, len(asking))
        closed = asked[name] > 1 and await close_room(client, name)
        asking.remove(name)
        return closed

    monkeypatch.setattr(admission, "close_room", closes_at_the_second_time)
    monkeypatch.setattr(admission, "AGAIN_SECONDS", 0)
    names = [f"call-{secrets.token_hex(6)}" for _ in range(3 * admission.AT_ONCE)]
    for name in names:
        await server.room.create_room(api.CreateRoomRequest(name=name))
    busy = await offer_to_a_full_worker(livekit_server.access, *(Offer(name, PHONE) for name in names))

    assert not any([await there(server, name) for name in names])
    assert busy == len(names)
    assert 1 < most <= admission.AT_ONCE


async def test_a_server_that_does_not_answer_is_told_of_in_the_log_only(
    capfd: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(admission, "RINGS_SECONDS", 0.1)

    assert await offer_to_a_full_worker(NOWHERE, Offer("call-1", PHONE)) == 0

    assert "a caller was not told that the line is busy" in "".join(capfd.readouterr())


async def test_a_call_takes_its_place_while_it_is_being_taken_and_while_it_runs_but_not_twice() -> None:
    held, running = asyncio.Event(), list[str]()
    worker = Admission(NOWHERE, 2, lambda: running)
    first, second, third, fourth = Offer("a", held=held), Offer("b"), Offer("c"), Offer("d")
    taking = asyncio.create_task(worker.decide(first.request))
    await first.taking.wait()
    running.append("a")  # LiveKit starts a job before its acceptance has returned
    await worker.decide(second.request)
    running.append("b")
    await worker.decide(third.request)
    held.set()
    await taking
    running.remove("a")
    await worker.decide(fourth.request)

    assert [offer.answers for offer in (first, second, third, fourth)] == [
        ["taken"],
        ["taken"],
        ["another's"],
        ["taken"],
    ]


async def test_a_call_that_could_not_be_taken_keeps_no_place() -> None:
    worker = Admission(NOWHERE, 1, lambda: ())
    lost, next_one = Offer("a"), Offer("b")

    async def gone(_: JobAcceptArguments) -> None:
        raise TimeoutError

    with pytest.raises(TimeoutError):
        await worker.decide(JobRequest(job=lost.request.job, on_reject=lost._refuse, on_accept=gone))
    await worker.decide(next_one.request)

    assert next_one.answers == ["taken"]
