"""What the caller's page is told of a person who is brought in, and of a callback."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from types import SimpleNamespace

import pytest
from livekit import api, rtc
from livekit.protocol.agent import Job

from switchboard.background import Background
from switchboard.ledger.events import PersonStage, PersonStep, RescueStep
from switchboard.room.caller import CallerRoom
from switchboard.room.seat import Seat

CALLED = {"kind": "person", "person": "shop_desk", "state": "called"}
UNREACHED = {"kind": "person", "person": "shop_desk", "state": "unreached"}


@asynccontextmanager
async def caller_room() -> AsyncIterator[CallerRoom]:
    """Of a call, on a server that is not there."""
    async with api.LiveKitAPI("http://127.0.0.1:1", "key", "secret") as nobody:
        seat, background = Seat(nobody, Job()), Background(lambda: None)
        room = CallerRoom(rtc.Room(), seat, "caller", "support-line", "call_1", lambda _: None, background)
        yield room


@pytest.mark.parametrize(
    ("stages", "told"),
    [
        ([("called", 1), ("no_answer", 1), ("called", 2), ("no_answer", 2), ("unreached", 0)], [CALLED, UNREACHED]),
        ([("busy", 1), ("called", 2), ("no_answer", 2), ("unreached", 0)], [CALLED, UNREACHED]),
        ([("called", 1), ("unreached", 0), ("called", 1)], [CALLED, UNREACHED, CALLED]),
        ([("busy", 1), ("busy", 2), ("unreached", 0)], [UNREACHED]),
    ],
)
async def test_a_person_is_told_as_called_once_a_transfer_whichever_phone_is_the_first(
    stages: list[tuple[PersonStage, int]], told: list[dict[str, str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[dict[str, object]] = []
    async with caller_room() as room:
        monkeypatch.setattr(room, "_tell", seen.append)
        for stage, phone in stages:
            room.show(PersonStep(agent="escalation", target="shop_desk", stage=stage, phone=phone))

    assert seen == told


@pytest.mark.parametrize(
    ("stages", "waits"),
    [
        ([], False),
        (["called"], True),
        (["called", "ringing", "answered", "accepted", "joined"], True),
        (["called", "joined", "handed_back"], False),
        (["called", "joined", "cut_off"], False),
        (["called", "no_answer", "unreached"], False),
    ],
)
async def test_that_a_caller_has_gone_is_learned_in_a_hurry_from_the_first_ring_until_they_are_the_agents_again(
    stages: list[PersonStage], waits: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    hurries: list[bool] = []

    class Watched:
        def __init__(self, *_: object, hurried: Callable[[], bool]) -> None:
            self._hurried = hurried

        async def stops(self) -> None:
            hurries.append(self._hurried())

    monkeypatch.setattr("switchboard.room.caller.Pulse", Watched)
    monkeypatch.setattr("switchboard.room.caller.get_job_context", lambda: SimpleNamespace(api=None))
    async with caller_room() as room:
        monkeypatch.setattr(room, "_tell", lambda _: None)
        for stage in stages:
            room.show(PersonStep(agent="escalation", target="shop_desk", stage=stage, phone=1))
        await room._notice_silence("caller")

    assert hurries == [waits]


async def test_of_what_helps_a_caller_whom_nobody_serves_the_page_is_told_the_callback(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seen: list[dict[str, object]] = []
    async with caller_room() as room:
        monkeypatch.setattr(room, "_tell", seen.append)
        room.show(RescueStep(agent="greeter", by="person", target="shop desk", outcome="failed"))
        room.show(RescueStep(agent="greeter", by="callback", outcome="tried"))
        room.show(RescueStep(agent="greeter", by="callback", outcome="served"))

    assert seen == [{"kind": "callback", "state": "tried"}, {"kind": "callback", "state": "served"}]


async def test_an_agent_that_was_away_is_seated_once_it_is_back_and_the_server_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("switchboard.room.caller.LOOK_SECONDS", 0)
    answers: asyncio.Queue[bool | None] = asyncio.Queue()
    asked = asyncio.Event()

    async def lost() -> bool | None:
        asked.set()
        return await answers.get()

    async with caller_room() as room:
        monkeypatch.setattr(room, "_lost_the_seat", lost)
        assert room.seated.is_set()
        room.room.emit("reconnecting")
        assert not room.seated.is_set()
        answers.put_nowait(False)
        await asked.wait()
        room.room.emit("reconnected")
        assert not room.seated.is_set()
        for answer in (None, False, False):
            answers.put_nowait(answer)
        await room.seated.wait()

    assert not room.closed.is_set()


async def test_an_agent_that_has_lost_its_seat_is_not_seated(monkeypatch: pytest.MonkeyPatch) -> None:
    async def lost() -> bool:
        return True

    async with caller_room() as room:
        monkeypatch.setattr(room, "_lost_the_seat", lost)
        room.room.emit("reconnecting")
        room.room.emit("reconnected")
        await room.closed.wait()
        await asyncio.gather(*room._background._tasks)

    assert not room.seated.is_set()


async def test_a_page_is_told_of_the_line_that_is_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[dict[str, object]] = []
    async with caller_room() as room:
        monkeypatch.setattr(room, "_tell", seen.append)
        room.confirm("line-1")

    assert seen == [{"kind": "taken", "id": "line-1"}]
