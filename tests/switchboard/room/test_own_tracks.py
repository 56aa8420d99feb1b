"""A room that we close keeps nothing of ours: no thread of LiveKit's client goes on."""

import asyncio
import gc
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import aclosing
from pathlib import Path
from types import SimpleNamespace

import pytest
from livekit import api, rtc
from livekit.protocol.agent import Job

from switchboard.background import Background
from switchboard.livekit import token_of
from switchboard.room.agent_track import AgentTrack
from switchboard.room.caller import CallerRoom
from switchboard.room.own_tracks import withdraw_tracks
from switchboard.room.seat import Seat
from switchboard.transfer import person_phone
from switchboard.transfer.person_phone import PersonPhone
from tests.livekit import LiveKitServer, livekit_server
from tests.stage.stage import stage_settings

__all__ = ["livekit_server"]

SOURCE = "AudioSourceCapt"
"""What Linux calls the thread of a source of sound: the first fifteen letters."""
PATIENCE = 10.0
PHONE = "+15550123"


def sources() -> int:
    gc.collect()
    return sum(task.read_text().startswith(SOURCE) for task in Path("/proc/self/task").glob("*/comm"))


async def are(number: int) -> None:
    until = time.monotonic() + PATIENCE
    while (found := sources()) != number:  # threads tell nobody that they end
        assert time.monotonic() < until, f"{found} threads, not {number}"
        await asyncio.sleep(0.05)


@pytest.fixture
async def server(livekit_server: LiveKitServer) -> AsyncIterator[api.LiveKitAPI]:
    async with livekit_server.api() as client:
        yield client


async def test_an_agent_that_closes_the_callers_room_leaves_no_thread(
    livekit_server: LiveKitServer, server: api.LiveKitAPI
) -> None:
    before = sources()
    named = await server.room.create_room(api.CreateRoomRequest(name=f"room-{secrets.token_hex(4)}"))
    room, track = rtc.Room(), AgentTrack()
    async with aclosing(Background(lambda: None)) as background:
        caller_room = CallerRoom(room, Seat(server, Job(room=named)), None, "line", "call", lambda _: None, background)
        grants = api.VideoGrants(room_join=True, room=named.name)
        token = token_of(livekit_server.access).with_identity("agent").with_grants(grants).to_jwt()
        await room.connect(livekit_server.url, token)
        caller_room.connected()
        await track.publish(room, None)
        await are(before + 1)

        await caller_room.aclose()
        await track.aclose()

    await are(before)
    assert not (await server.room.list_rooms(api.ListRoomsRequest(names=[named.name]))).rooms
    await room.disconnect()


async def test_a_person_who_is_hung_up_on_leaves_no_thread(
    livekit_server: LiveKitServer, server: api.LiveKitAPI, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = sources()
    job = SimpleNamespace(api=server, job=SimpleNamespace(id="job"))
    monkeypatch.setattr(person_phone, "get_job_context", lambda: job)
    track = AgentTrack()
    async with PersonPhone(livekit_server.access, stage_settings().phone, PHONE, PHONE, lambda: None) as line:
        await track.publish(line.room, None)
        await are(before + 1)
    await track.aclose()

    await are(before)


async def test_a_room_that_was_never_entered_has_nothing_to_withdraw() -> None:
    await withdraw_tracks(rtc.Room())
