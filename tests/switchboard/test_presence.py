"""A caller who goes and comes back, in a real room: what the agent said meanwhile was heard by nobody."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace

import pytest
from livekit import api, rtc
from livekit.protocol.agent import Job

from app.costs import prices_of
from simulator.mind import Reply, Request, Say
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, Answered
from switchboard.line.sentences import BACK_AGAIN, DISCLOSURE
from switchboard.livekit import token_of
from switchboard.presence import Invitation
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

    async def comes(self) -> None:
        self.caller = rtc.Room()
        grants = api.VideoGrants(room_join=True, room=self.room)
        token = token_of(self.server.access).with_identity(CALLER).with_grants(grants)
        await self.caller.connect(self.server.url, token.to_jwt())

    async def goes(self) -> None:
        """The caller is away, and the agent's side knows."""
        assert self.conversation._presence
        await self.caller.disconnect()
        await asyncio.wait_for(self.conversation._presence._room.gone.wait(), PATIENCE)

    def said(self) -> list[AgentSpoke]:
        return [event for event in self.record.events if isinstance(event, AgentSpoke)]

    async def until_asked(self, extra: str) -> None:
        """The model is asked for an answer with these instructions."""
        await self.simulator.wait_for(lambda: any(each.extra == extra for each in self.mind.requests), PATIENCE)


@asynccontextmanager
async def visited(
    livekit: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch, mind: Obedient
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
            invitation=Invitation(room, Seat(server, job), relief, lambda: room.connect(livekit.url, token), CALLER),
            listeners=(record.note,),
        )
        visit = Visit(livekit, name, simulator, mind, conversation, record, rtc.Room())
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


async def test_a_caller_who_was_cut_off_in_the_greeting_is_told_that_it_is_automated_when_they_are_back(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with visited(livekit_server, database_url, monkeypatch, Talkative()) as visit:
        await asyncio.wait_for(visit.conversation._presence._track.heard.wait(), PATIENCE)  # type: ignore[union-attr]
        await visit.goes()
        assert not visit.said() or visit.said()[0].interrupted
        await visit.comes()

        await visit.until_asked(f"{BACK_AGAIN} {DISCLOSURE}")
