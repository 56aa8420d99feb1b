"""A caller who goes and comes back, in a real room: what the agent said meanwhile was heard by nobody."""

from __future__ import annotations

import asyncio
import json
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from livekit import api, rtc
from livekit.agents.types import TOPIC_CHAT
from livekit.protocol.agent import Job

from app.costs import prices_of
from simulator.mind import Reply, Request, Say
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.call.resume import Past, past_of
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered, CallerSpoke, Event
from switchboard.line.sentences import BACK_AGAIN, DISCLOSURE
from switchboard.livekit import token_of
from switchboard.presence import Invitation
from switchboard.room.caller import EVENTS
from switchboard.room.chat import NAME
from switchboard.room.relief import Relief
from switchboard.room.seat import Seat
from switchboard.services.providers import Services
from switchboard.settings.environment import with_simulator
from tests.livekit import LiveKitServer, livekit_server
from tests.stage.mind import LONG, Obedient
from tests.stage.stage import LINE, Record, stage_settings

__all__ = ["livekit_server"]

PATIENCE = 60.0
CALLER = "caller"


class Talkative(Obedient):
    """Its greeting takes its time."""

    def answer(self, request: Request) -> Reply:
        reply = super().answer(request)
        return [Say(LONG)] if len(self.requests) == 1 else reply


@dataclass
class Visit:
    """A call in a room, and its caller's side."""

    server: LiveKitServer
    room: str
    simulator: Simulator
    mind: Obedient
    conversation: Conversation
    record: Record
    caller: rtc.Room
    told: asyncio.Queue[str]
    """What the page is told, as JSON."""

    async def comes(self) -> None:
        self.caller = rtc.Room()
        self.caller.register_text_stream_handler(EVENTS, self._told)
        grants = api.VideoGrants(room_join=True, room=self.room)
        token = token_of(self.server.access).with_identity(CALLER).with_grants(grants)
        await self.caller.connect(self.server.url, token.to_jwt())

    async def goes(self) -> None:
        """The caller is away, and the agent's side knows."""
        assert self.conversation._presence
        await self.caller.disconnect()
        await asyncio.wait_for(self.conversation._presence._room.gone.wait(), PATIENCE)

    async def types(self, name: str) -> None:
        attributes = {NAME: name}
        await self.caller.local_participant.send_text("hello", topic=TOPIC_CHAT, attributes=attributes)

    async def until_taken(self) -> str:
        """The name of the line that the page is told of next."""
        async with asyncio.timeout(PATIENCE):
            while (news := json.loads(await self.told.get()))["kind"] != "taken":
                pass
        return str(news["id"])

    def typed(self) -> list[str | None]:
        return [event.typed for event in self.record.events if isinstance(event, CallerSpoke)]

    def _told(self, reader: rtc.TextStreamReader, _: str) -> None:
        async def read() -> None:
            self.told.put_nowait(await reader.read_all())

        self.reading = asyncio.create_task(read())

    def said(self) -> list[AgentSpoke]:
        return [event for event in self.record.events if isinstance(event, AgentSpoke)]

    async def until_asked(self, extra: str) -> None:
        """The model is asked for an answer with these instructions."""
        await self.simulator.wait_for(lambda: any(each.extra == extra for each in self.mind.requests), PATIENCE)


@asynccontextmanager
async def visited(
    livekit: LiveKitServer,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    mind: Obedient,
    past: Past | None = None,
) -> AsyncIterator[Visit]:
    name, record, database = f"call-{secrets.token_hex(6)}", Record(), Database(database_url)
    async with livekit.api() as server, Simulator(mind) as simulator:
        job = Job(id="AJ_1", room=await server.room.create_room(api.CreateRoomRequest(name=name)))
        relief = Relief(server, job, "AW_1", "")
        context = SimpleNamespace(job=job, api=server)
        monkeypatch.setattr("switchboard.room.caller.get_job_context", lambda: context)
        room = rtc.Room()
        grants = api.VideoGrants(room_join=True, room=name, agent=True)
        token = token_of(livekit.access).with_identity("agent").with_kind("agent").with_grants(grants).to_jwt()
        settings = with_simulator(stage_settings(REALTIME_PROVIDER="simulator"), simulator.url)
        conversation = Conversation(
            LINE,
            Services(settings),
            database,
            Caller(),
            prices=prices_of(settings),
            past=past,
            invitation=Invitation(room, Seat(server, job), relief, lambda: room.connect(livekit.url, token), CALLER),
            listeners=(record.note,),
        )
        visit = Visit(livekit, name, simulator, mind, conversation, record, rtc.Room(), asyncio.Queue())
        async with conversation:
            await conversation.start()
            await visit.comes()
            await record.until(lambda: any(isinstance(event, Answered) for event in record.events))
            yield visit
            conversation.ending.finish("caller_left")
            await conversation.ending.over.wait()
        await visit.caller.disconnect()
        await room.disconnect()
    await database.aclose()


async def test_what_is_said_while_the_caller_is_away_is_not_taken_for_heard(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visited(livekit_server, database_url, monkeypatch, Obedient()) as visit:
        session = visit.conversation.session
        await visit.record.until(visit.said)
        await visit.goes()
        before = len(visit.said())
        session.generate_reply(instructions="Say what you found.")
        await visit.until_asked("Say what you found.")
        await visit.comes()
        await visit.until_asked(BACK_AGAIN)
        await visit.record.until(lambda: len(visit.said()) > before)

        asked = next(each for each in visit.mind.requests if each.extra == BACK_AGAIN)
        assert len(visit.said()) == before + 1
        known = [item.text for item in asked.items if item.type == "message" and item.role == "assistant"]
        assert [text for text in known if text] == [spoke.text for spoke in visit.said()[:before]]


@pytest.mark.parametrize("seconds", [None, 0.0, 0.05, 0.2])
@pytest.mark.parametrize("before", ["hello", "a long story"])
async def test_what_is_typed_while_the_caller_is_away_or_just_back_is_answered(
    livekit_server: LiveKitServer,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    before: str,
    seconds: float | None,
) -> None:
    """`before` the agent was quiet or talking; it is typed so many `seconds` after they are back, or before: None."""
    async with visited(livekit_server, database_url, monkeypatch, Obedient()) as visit:
        presence = visit.conversation._presence
        assert presence
        await visit.record.until(visit.said)
        presence._type(before)
        if before == "hello":
            await visit.record.until(lambda: len(visit.said()) == 2)
        else:
            await visit.record.until(lambda: visit.typed())
        await visit.goes()

        async def types() -> None:
            if seconds is not None:
                await presence._room.here.wait()
                await asyncio.sleep(seconds)
            presence._type("forty-two")

        async with asyncio.timeout(PATIENCE), asyncio.TaskGroup() as both:
            both.create_task(types())
            both.create_task(visit.comes())

        await visit.record.until(
            lambda: any("heard: forty-two" in spoke.text and not spoke.interrupted for spoke in visit.said())
        )
        assert [event.text for event in visit.record.events if isinstance(event, CallerSpoke)] == [before, "forty-two"]


async def test_a_caller_who_was_cut_off_in_the_greeting_is_told_that_it_is_automated_when_they_are_back(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visited(livekit_server, database_url, monkeypatch, Talkative()) as visit:
        await asyncio.wait_for(visit.conversation._presence._track.heard.wait(), PATIENCE)  # type: ignore[union-attr]
        await visit.goes()
        assert not visit.said() or visit.said()[0].interrupted
        await visit.comes()

        await visit.until_asked(f"{BACK_AGAIN} {DISCLOSURE}")


LINE_ID = "0123456789abcdef" * 2


async def test_a_line_that_a_page_types_twice_by_one_name_is_taken_once_and_confirmed_twice(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visited(livekit_server, database_url, monkeypatch, Obedient()) as visit:
        for _ in range(2):
            await visit.types(LINE_ID)
            assert await visit.until_taken() == LINE_ID

        assert visit.typed() == [LINE_ID]


async def test_a_line_that_the_agent_before_has_kept_is_confirmed_by_the_next_one(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = datetime.now(UTC)
    before: list[Event] = [
        Answered(line="stage", agent="reception", provider="simulator", wall=now),
        CallerSpoke(text="hello", typed=LINE_ID, wall=now),
    ]
    past = past_of("call_before", before, timedelta(minutes=1))
    async with visited(livekit_server, database_url, monkeypatch, Obedient(), past) as visit:
        await visit.types(LINE_ID)
        assert await visit.until_taken() == LINE_ID

        assert visit.typed() == []


async def test_an_agent_that_ends_confirms_nothing(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visited(livekit_server, database_url, monkeypatch, Obedient()) as visit:
        presence = visit.conversation._presence
        assert presence
        presence._type("queued", LINE_ID)
        visit.conversation.ending.finish("caller_left")
        presence._type("hello", LINE_ID[::-1])
        await visit.conversation.ending.over.wait()
        await visit.conversation.ledger.saved()

        assert visit.typed() == []
