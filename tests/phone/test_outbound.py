"""People's phones, rung over the outbound trunk that `phone up` makes."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from livekit import api, rtc
from livekit.protocol.sip import CreateSIPParticipantRequest, ListSIPOutboundTrunkRequest

from bench.recording import MINUTES, record
from bench.softphone import Softphone, softphone
from tests.livekit import KEY, SECRET
from tests.phone.services import PhoneServices
from tests.phone.stack import NUMBER, PHONE, phone_setup

DESK = "+15550200"
ROOM = "somebody-is-rung-here"


@pytest.fixture
async def desk(tmp_path: Path) -> AsyncIterator[Softphone]:
    """A person's phone."""
    async with softphone(tmp_path / "desk", record(tmp_path / "desk.wav", [MINUTES]), DESK) as phone:
        yield phone


@asynccontextmanager
async def way_out(services: PhoneServices, phone: Softphone) -> AsyncIterator[tuple[api.LiveKitAPI, str]]:
    """LiveKit's API, and the id of a trunk that leads to this phone."""
    outbound = {"PHONE_OUTBOUND_ADDRESS": phone.address, "PHONE_OUTBOUND_NUMBER": NUMBER}
    async with phone_setup(services, PHONE | outbound) as setup, services.livekit.api() as livekit:
        await setup.up()
        (trunk,) = (await livekit.sip.list_outbound_trunk(ListSIPOutboundTrunkRequest())).items
        yield livekit, trunk.sip_trunk_id
        await setup.down()


def ring(livekit: api.LiveKitAPI, trunk: str) -> "asyncio.Task[object]":
    """Ring the desk into the room; done when it was answered or refused."""
    request = CreateSIPParticipantRequest(
        sip_trunk_id=trunk,
        sip_call_to=DESK,
        room_name=ROOM,
        participant_identity="desk",
        wait_until_answered=True,
    )
    return asyncio.create_task(livekit.sip.create_sip_participant(request, timeout=30))


async def test_a_person_is_rung_accepts_and_types(services: PhoneServices, desk: Softphone) -> None:
    keys: asyncio.Queue[str] = asyncio.Queue()
    room = rtc.Room()
    room.on("sip_dtmf_received", lambda event: keys.put_nowait(event.digit))
    grants = api.VideoGrants(room_join=True, room=ROOM)
    token = api.AccessToken(KEY, SECRET).with_identity("agent").with_grants(grants).to_jwt()
    await room.connect(services.livekit.url, token)
    async with way_out(services, desk) as (livekit, trunk):
        ringing = ring(livekit, trunk)
        incoming = await desk.until("CALL_INCOMING")
        assert NUMBER in incoming.peer
        await desk.accept()
        await ringing
        await desk.press("1#")

        assert [await asyncio.wait_for(keys.get(), 10) for _ in "1#"] == ["1", "#"]
        await livekit.room.delete_room(api.DeleteRoomRequest(room=ROOM))
        await desk.until("CALL_CLOSED")
    await room.disconnect()


async def test_a_person_who_declines_is_told_by_a_sip_code(services: PhoneServices, desk: Softphone) -> None:
    async with way_out(services, desk) as (livekit, trunk):
        ringing = ring(livekit, trunk)
        await desk.until("CALL_INCOMING")
        await desk.hangup()

        with pytest.raises(api.SipCallError) as declined:
            await ringing
    assert declined.value.sip_status_code in (480, 486, 603)
