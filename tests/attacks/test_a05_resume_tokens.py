"""A5. A hang-up is final, a resume token is good once and not for ever, and whoever stays away is a stranger again."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2
import pytest
from livekit import api
from pydantic import SecretStr
from sqlalchemy import update

from switchboard.call.call import Verified
from switchboard.call.resume import goes_on, recall
from switchboard.database import PATIENCE, Database
from switchboard.http.errors import ResumeRefused
from switchboard.http.resume_tokens import ResumeToken, ResumeTokens
from switchboard.ledger import Ledger
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Ended, EndReason, Happening, Remembered
from switchboard.ledger.standing import hang_up
from switchboard.ledger.tables import EventRow
from switchboard.settings.schema import Limits
from tests.app.conftest import line
from tests.app.line import Line, in_the_room
from tests.browser.ledger import calls_of, ended, events_when, of
from tests.browser.participant import TRANSCRIPTS
from tests.livekit import SECRET, LiveKitServer, livekit_server
from tests.postgres import silent_postgres
from tests.stage.stage import new_database, staged
from tests.switchboard.call.test_resume import NOTING
from tests.switchboard.http.conftest import caller, guests, house, livekit
from tests.switchboard.http.house import OPTIONS, Answer, House, error_of, open_house, with_database

__all__ = ["caller", "guests", "house", "line", "livekit", "livekit_server"]

AWAY = timedelta(minutes=5)
AMELIA = Verified("7", "Amelia Hart", "order number and postcode")
THIEF = "198.51.100.7"
ATTEMPT = "an attempt that nobody can guess"


@pytest.fixture
async def thief(house: House) -> AsyncIterator[httpx2.AsyncClient]:
    async with house.caller(THIEF) as client:
        yield client


async def called(caller: httpx2.AsyncClient) -> Answer:
    answer: Answer = (await caller.post("/calls", json={})).json()
    return answer


async def resumed(caller: httpx2.AsyncClient, token: str, **more: object) -> httpx2.Response:
    return await caller.post("/calls/resume", json={"resume_token": token, **more})


async def hung_up(caller: httpx2.AsyncClient, token: str) -> None:
    assert (await caller.request("DELETE", "/calls", json={"resume_token": token})).status_code == 204


def refused(answer: httpx2.Response) -> bool:
    return (answer.status_code, error_of(answer)) == (403, "resume_refused")


# -- a hang-up is final ----------------------------------------------------------------------------------------------


async def test_after_a_hang_up_no_token_leads_back(caller: httpx2.AsyncClient, thief: httpx2.AsyncClient) -> None:
    first = (await called(caller))["resume_token"]
    second = (await resumed(caller, first)).json()["resume_token"]
    await hung_up(caller, second)

    for who, token in ((thief, first), (thief, second), (caller, second)):
        assert refused(await resumed(who, token))
        assert refused(await resumed(who, token, fresh=True))


async def test_a_token_that_is_used_up_hangs_up_the_room_of_now(
    caller: httpx2.AsyncClient, livekit: api.LiveKitAPI
) -> None:
    first = (await called(caller))["resume_token"]
    await resumed(caller, first, fresh=True)
    await hung_up(caller, first)

    assert not (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms


@pytest.mark.parametrize("reason", ["goodbye", "silence", "maximum_length", "transferred"])
async def test_a_call_that_has_ended_is_not_come_back_to(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI, database_url: str, reason: EndReason
) -> None:
    async with open_house(livekit_server.access, with_database(database_url)) as house, house.caller() as caller:
        call = await called(caller)
        await written(
            database_url, call["id"], "call_1", Remembered(state={}, verified=vars(AMELIA)), Ended(reason=reason)
        )

        assert refused(await resumed(caller, call["resume_token"]))


async def test_nobody_is_verified_by_the_token_of_a_call_that_was_hung_up(line: Line) -> None:
    """A participant token opens its room for ten minutes, and makes it anew: nobody answers there."""
    await asyncio.to_thread(line.worker.start)
    call = await called(line.caller)
    async with in_the_room(line, call) as caller:
        await caller.gets(TRANSCRIPTS, "Fernway")
        await hung_up(line.caller, call["resume_token"])
        await caller.put_out.wait()
    await ended(line.ledger, call["id"])
    async with in_the_room(line, call) as again:
        await again.put_out.wait()

    assert len(await calls_of(line.ledger, call["id"])) == 1


async def test_a_caller_who_was_cut_off_goes_on_and_their_old_token_and_room_are_nobodys(line: Line) -> None:
    await asyncio.to_thread(line.worker.start)
    call = await called(line.caller)
    async with in_the_room(line, call) as caller:
        await caller.gets(TRANSCRIPTS, "Fernway")
    back = (await resumed(line.caller, call["resume_token"], fresh=True)).json()
    async with in_the_room(line, back) as caller:
        events = await events_when(line.ledger, call["id"], lambda events: bool(of(events, Answered)), number=1)
        async with in_the_room(line, call) as stale:
            await stale.put_out.wait()
        assert refused(await resumed(line.caller, call["resume_token"]))
        await caller.say("Goodbye!")
        await caller.put_out.wait()
    assert of(events, Answered)[0].resumes
    assert of(await ended(line.ledger, call["id"]), Ended)[0].reason == "goodbye"
    assert len(await calls_of(line.ledger, call["id"])) == 2


# -- a resume token is good once, and not for ever ---------------------------------------------------------------------


async def test_a_token_is_used_once_and_replaced(caller: httpx2.AsyncClient, thief: httpx2.AsyncClient) -> None:
    first = (await called(caller))["resume_token"]
    back = await resumed(caller, first)

    assert back.status_code == 200
    assert refused(await resumed(thief, first))
    assert (await resumed(caller, back.json()["resume_token"])).status_code == 200


async def test_of_many_who_use_a_token_at_once_one_comes_back(caller: httpx2.AsyncClient) -> None:
    token = (await called(caller))["resume_token"]
    answers = await asyncio.gather(*(resumed(caller, token) for _ in range(8)))

    assert sorted(answer.status_code for answer in answers) == [200] + [403] * 7


async def test_whose_answer_was_lost_may_try_again_as_the_same_until_the_next_token_is_used(
    caller: httpx2.AsyncClient, thief: httpx2.AsyncClient
) -> None:
    first = (await called(caller))["resume_token"]
    lost, again = [await resumed(caller, first, attempt=ATTEMPT) for _ in range(2)]
    stranger = await resumed(thief, first, attempt=ATTEMPT.upper())
    await resumed(caller, again.json()["resume_token"])

    assert (lost.status_code, again.status_code) == (200, 200)
    assert lost.json()["id"] == again.json()["id"]
    assert refused(stranger)
    assert refused(await resumed(caller, first, attempt=ATTEMPT))


async def test_a_token_is_not_used_up_by_an_answer_that_the_house_is_full(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI
) -> None:
    small = OPTIONS.model_copy(update={"call": Limits(max_calls=1)})
    async with open_house(livekit_server.access, small) as house, house.caller() as caller:
        call = await called(caller)
        await livekit.room.delete_room(api.DeleteRoomRequest(room=call["id"]))
        other = await called(caller)
        full = await resumed(caller, call["resume_token"])
        await hung_up(caller, other["resume_token"])
        back = await resumed(caller, call["resume_token"])

    assert (full.status_code, back.status_code) == (503, 200)


async def test_without_the_database_nobody_comes_back_and_a_hang_up_closes_the_room(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI, tmp_path: Path
) -> None:
    empty = with_database(f"sqlite:///{tmp_path}/empty.db")
    async with open_house(livekit_server.access, empty) as house, house.caller() as caller:
        call = await called(caller)
        back = await resumed(caller, call["resume_token"])
        end = await caller.request("DELETE", "/calls", json={"resume_token": call["resume_token"]})

    assert [(each.status_code, error_of(each)) for each in (back, end)] == [(503, "database_down")] * 2
    assert not (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms


async def test_whoever_comes_back_or_hangs_up_does_not_wait_for_a_database_that_hangs(
    livekit_server: LiveKitServer, livekit: api.LiveKitAPI
) -> None:
    async with (
        silent_postgres() as url,
        open_house(livekit_server.access, with_database(url)) as house,
        house.caller() as caller,
    ):
        call = await called(caller)
        async with asyncio.timeout(PATIENCE["timeout"]):
            back = await resumed(caller, call["resume_token"])
            end = await caller.request("DELETE", "/calls", json={"resume_token": call["resume_token"]})

    assert [(each.status_code, error_of(each)) for each in (back, end)] == [(503, "database_down")] * 2
    assert not (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms


def test_the_tokens_of_a_call_end_together() -> None:
    tokens = ResumeTokens(SecretStr(SECRET), minutes=60)
    token = ResumeToken(
        call="call-1", room="call-1", identity="caller-1", line="support-line", began=int(time.time()) - 3500
    )
    following = tokens.following(token, moves=False)
    assert tokens.read(tokens.sign(following), owner="") == following

    late = following.model_copy(update={"began": token.began - 200})
    with pytest.raises(ResumeRefused):
        tokens.read(tokens.sign(late), owner="")


# -- who stays away is a stranger again ------------------------------------------------------------------------------


@pytest.fixture
def database_url(tmp_path: Path) -> str:
    return new_database(tmp_path)


async def written(url: str, origin: str, call_id: str, *events: Happening, resumes: str | None = None) -> None:
    async with aclosing(Database(url)) as database, Ledger(database, call_id, "stage", origin) as ledger:
        for event in (Answered(line="stage", agent="reception", provider="simulator", resumes=resumes), *events):
            ledger.write(event)


async def happened(url: str, before: timedelta) -> None:
    """All that was written has happened so long ago."""
    async with aclosing(Database(url)) as database, database.write() as session:
        await session.execute(update(EventRow).values(wall=datetime.now(UTC) - before))


@pytest.mark.parametrize(("away", "verified"), [(timedelta(minutes=4), AMELIA), (timedelta(minutes=6), None)])
async def test_verification_ends_after_some_minutes_away(
    database_url: str, away: timedelta, verified: Verified | None
) -> None:
    knows = Remembered(state={"number": 10042}, verified=vars(AMELIA))
    await written(database_url, "room", "call_1", knows, Ended(reason="caller_left"))
    await happened(database_url, away)
    async with aclosing(Database(database_url)) as database:
        past = await recall(database, "room", AWAY)

    assert past
    assert past.verified == verified
    assert past.state == {"number": 10042}


def is_verified(memory: Remembered) -> bool:
    return memory.verified is not None


def forgot(memories: list[Remembered]) -> bool:
    return bool(memories) and not is_verified(memories[-1])


async def test_whoever_comes_back_into_the_same_room_too_late_is_a_stranger_as_well(line: Line) -> None:
    line.worker.environ |= {"VERIFIED_AWAY_MINUTES": "0"}
    await asyncio.to_thread(line.worker.start)
    call = await called(line.caller)
    async with in_the_room(line, call) as caller:
        await caller.gets(TRANSCRIPTS, "Fernway")
        await caller.say("Where is my order?")
        await events_when(line.ledger, call["id"], lambda events: len(of(events, AgentSpoke)) > 1)
        await caller.say("Order 10042, postcode SW1A 2AA.")
        events = await events_when(line.ledger, call["id"], lambda events: bool(of(events, Remembered)))
        assert is_verified(of(events, Remembered)[-1])
    async with in_the_room(line, call) as caller:
        await caller.say("Order 10042, please.")
        await events_when(line.ledger, call["id"], lambda events: forgot(of(events, Remembered)))
        await caller.say("Goodbye!")
        await caller.put_out.wait()
    assert len(await calls_of(line.ledger, call["id"])) == 1


async def test_verification_that_has_ended_is_not_found_again_by_breaking_off_once_more(database_url: str) -> None:
    await written(database_url, "room", "call_1", Remembered(state={"number": 1}, verified=vars(AMELIA)))
    await happened(database_url, timedelta(minutes=6))
    async with aclosing(Database(database_url)) as database:
        past = await recall(database, "room", AWAY)
        async with staged(database_url, line=NOTING, past=past) as stage:
            assert stage.conversation.call.caller.verified is None
        again = await recall(database, "room", AWAY)

    assert again
    assert again.call_id != "call_1"
    assert again.verified is None


async def test_a_second_break_off_in_a_row_loses_nothing(database_url: str) -> None:
    knows = Remembered(state={"number": 10042}, verified=vars(AMELIA))
    await written(database_url, "room", "call_1", CallerSpoke(text="Where is my desk?"), knows)
    async with aclosing(Database(database_url)) as database:
        for _ in range(2):
            past = await recall(database, "room", AWAY)
            async with staged(database_url, line=NOTING, past=past):
                pass
        last = await recall(database, "room", AWAY)

    assert last
    assert (last.state, last.verified) == ({"number": 10042}, AMELIA)
    assert any("Where is my desk?" in str(said) for said in last.said)


async def test_a_caller_who_did_not_come_in_between_loses_nothing(database_url: str) -> None:
    await written(database_url, "room", "call_1", Remembered(state={"number": 10042}, verified=vars(AMELIA)))
    async with aclosing(Database(database_url)) as database:
        async with Ledger(database, "call_2", "stage", "room") as ledger:
            ledger.write(Ended(reason="nobody_came"))
        past = await recall(database, "room", AWAY)

    assert past
    assert (past.state, past.verified) == ({"number": 10042}, AMELIA)


async def test_what_was_hung_up_is_nobodys_past(database_url: str) -> None:
    await written(database_url, "room", "call_1", Remembered(state={}, verified=vars(AMELIA)))
    async with aclosing(Database(database_url)) as database:
        assert await goes_on(database, "room", "room")
        await hang_up(database, "room", "room")
        assert not await goes_on(database, "room", "room")
        assert await recall(database, "room", AWAY) is None
