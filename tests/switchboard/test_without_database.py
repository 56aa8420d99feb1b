"""Calls while the database is down: it refuses, or it says nothing. They are answered, and they end."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import aclosing

import pytest

from switchboard.call.resume import recall
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Ended
from tests.stage.stage import staged

PROMISE = 2.0


@pytest.fixture(params=["refuses", "is silent"])
async def down(request: pytest.FixtureRequest) -> AsyncIterator[str]:
    """The address of a database that is down."""

    async def silent(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await reader.read()
        writer.close()

    server = await asyncio.start_server(silent, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    if request.param == "refuses":
        server.close()
    yield f"postgresql://somebody@127.0.0.1:{port}/somewhere"
    server.close()


async def test_what_was_before_is_not_waited_for(down: str) -> None:
    async with aclosing(Database(down)) as database, asyncio.timeout(PROMISE):
        assert await recall(database, "a room") is None


async def test_a_call_is_answered_and_ends(down: str) -> None:
    async with asyncio.timeout(30):
        async with staged(down, typed=True) as stage:
            await stage.say("hello")
            assert stage.of(AgentSpoke)[-1].text == "reception heard: hello."
            stage.conversation.ending.finish("goodbye")
            await stage.conversation.ending.over.wait()
        assert [ended.reason for ended in stage.of(Ended)] == ["goodbye"]
