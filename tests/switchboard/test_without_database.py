"""Calls while the database is down: it refuses, or it says nothing. They are answered, and they end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing
from datetime import timedelta

import pytest
from sqlalchemy import text

from stack.ports import free_port
from switchboard.call.again import Mark, recall_caller
from switchboard.call.resume import Patience, goes_on, recall
from switchboard.database import PATIENCE, Database
from switchboard.ledger.events import AgentSpoke, Ended
from tests.postgres import Postgres, silent_postgres
from tests.stage.stage import staged

PROMISE = 2.0


@pytest.fixture(params=["refuses", "is silent"])
async def down(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a database that is down."""

    async with silent_postgres() as silent:
        yield silent if request.param == "is silent" else f"postgresql://somebody@127.0.0.1:{free_port()}/somewhere"


async def test_what_was_before_is_not_waited_for(down: str) -> None:
    async with aclosing(Database(down)) as database, asyncio.timeout(PROMISE):
        assert await recall(database, "a room", timedelta(minutes=5)) is None


@pytest.mark.parametrize(("room_age", "before", "promise"), [(0.2, False, 1.0), (60.0, False, 2.0), (0.2, True, 2.0)])
async def test_all_questions_together_take_no_longer_than_one(
    down: str, room_age: float, before: bool, promise: float
) -> None:
    patience = Patience.of(room_age, goes_on=before)
    async with aclosing(Database(down)) as database, asyncio.timeout(promise):
        mark = Mark(database.pseudonyms.of("calling number", "5550100"), sure=False)
        assert await goes_on(database, "a room", "a room", patience)
        assert await recall(database, "a room", timedelta(minutes=5), patience) is None
        assert await recall_caller(database, mark, "a line", timedelta(minutes=5), patience) is None


async def test_a_caller_who_comes_back_is_let_in(down: str) -> None:
    async with aclosing(Database(down)) as database, asyncio.timeout(PROMISE):
        assert await goes_on(database, "a room", "a room")


async def test_a_call_is_answered_and_ends(down: str) -> None:
    async with asyncio.timeout(30):
        async with staged(down, typed=True) as stage:
            await stage.say("hello")
            assert stage.of(AgentSpoke)[-1].text == "reception heard: hello."
            stage.conversation.ending.finish("goodbye")
            await stage.conversation.ending.over.wait()
        assert [ended.reason for ended in stage.of(Ended)] == ["goodbye"]


async def test_a_database_that_hangs_is_given_up_and_used_again_when_it_is_back(
    postgres: Postgres, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(PATIENCE, "timeout", 0.5)
    monkeypatch.setitem(PATIENCE, "command_timeout", 0.5)
    async with aclosing(Database(postgres.create("hanging"))) as database:
        assert await one(database) == 1
        with postgres.paused():
            for _ in range(2):  # over the connection that there was, and over a new one
                with pytest.raises(TimeoutError):
                    await one(database)
        assert await one(database) == 1


async def one(database: Database) -> object:
    async with database.read() as session:
        return await session.scalar(text("select 1"))
