"""LiveKit's standard token endpoint, and what a token opens."""

import asyncio
import re
import time

import httpx2
import pytest
from livekit import api, rtc

from switchboard.http.rooms import SPARE_SECONDS
from switchboard.livekit import token_of
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import OPTIONS, Guests, claims_of, error_of, eventually

# What livekit-client 2.23 sends for `TokenSource.endpoint(url).fetch(...)` with every option.
EVERYTHING = {
    "room_name": "the-room-i-want",
    "participant_name": "Eve",
    "participant_identity": "admin",
    "participant_metadata": '{"role": "admin"}',
    "participant_attributes": {"switchboard.agent": "support"},
    "room_config": {"agents": [{"agent_name": "another-agent", "metadata": "{}", "deployment": "x"}]},
}
GRANTED = {
    "roomJoin": True,
    "canPublish": True,
    "canPublishSources": ["microphone"],
    "canPublishData": True,
    "canSubscribe": True,
    "canUpdateOwnMetadata": False,
}


@pytest.mark.parametrize("body", [{}, EVERYTHING, {"a_field_of_tomorrow": 1}])
async def test_livekits_own_frontend_gets_a_room_and_an_identity_of_ours(
    caller: httpx2.AsyncClient, body: dict[str, object], livekit_server: LiveKitServer
) -> None:
    response = await caller.post("/token", json=body)
    assert response.status_code == 201
    assert response.headers["cache-control"] == "no-store"
    assert response.json().keys() == {"server_url", "participant_token"}
    assert response.json()["server_url"] == livekit_server.url
    claims = claims_of(response.json()["participant_token"])
    assert claims["video"]["room"].startswith("call-")
    assert claims["sub"].startswith("caller-")
    assert not {"name", "metadata", "attributes", "kind"} & claims.keys()
    agent = claims["roomConfig"]["agents"][0]
    assert agent["agentName"] == "switchboard"
    assert '"line": "support-line"' in agent["metadata"]


async def test_a_token_without_a_body_will_do(caller: httpx2.AsyncClient) -> None:
    assert (await caller.post("/token")).status_code == 201


async def test_a_token_is_for_ten_minutes_and_grants_only_what_a_call_needs(caller: httpx2.AsyncClient) -> None:
    claims = claims_of((await caller.post("/token", json={})).json()["participant_token"])
    assert 590 < claims["exp"] - time.time() <= 600
    room = claims["video"].pop("room")
    assert claims["video"] == GRANTED
    assert room.startswith("call-")


async def test_every_token_has_a_room_and_an_identity_of_its_own(caller: httpx2.AsyncClient) -> None:
    claims = [claims_of((await caller.post("/token")).json()["participant_token"]) for _ in range(20)]
    assert len({one["video"]["room"] for one in claims}) == 20
    assert all(
        re.fullmatch("call-[0-9a-f]{12} caller-[0-9a-f]{8}", f"{one['video']['room']} {one['sub']}") for one in claims
    )
    assert len({one["sub"] for one in claims}) == 20


async def test_a_line_can_be_named(caller: httpx2.AsyncClient) -> None:
    claims = claims_of((await caller.post("/token?line=stage")).json()["participant_token"])
    assert '"line": "stage"' in claims["roomConfig"]["agents"][0]["metadata"]
    unknown = await caller.post("/token?line=nowhere")
    assert (unknown.status_code, error_of(unknown)) == (404, "line_unknown")


async def test_asking_for_a_token_makes_no_room_and_joining_makes_it_with_its_limits(
    caller: httpx2.AsyncClient, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    token = (await caller.post("/token")).json()["participant_token"]
    assert not (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms
    joined = await guests.join(token)
    assert joined.name == claims_of(token)["video"]["room"]
    room = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms[0]
    assert room.max_participants == 1
    limits = OPTIONS.call
    assert room.empty_timeout == limits.wait_seconds + SPARE_SECONDS
    assert room.departure_timeout == limits.grace_seconds + SPARE_SECONDS
    dispatches = await livekit.agent_dispatch.list_dispatch(room.name)
    assert [one.agent_name for one in dispatches] == ["switchboard"]


async def test_a_token_opens_its_own_room_only(
    caller: httpx2.AsyncClient, guests: Guests, livekit_server: LiveKitServer
) -> None:
    mine, yours = [(await caller.post("/token")).json()["participant_token"] for _ in range(2)]
    await guests.join(yours)
    room = await guests.join(mine)
    assert room.name == claims_of(mine)["video"]["room"]
    assert not room.remote_participants
    async with httpx2.AsyncClient() as web:
        other = claims_of(yours)["video"]["room"]
        wanted = (
            f"http://127.0.0.1:{livekit_server.port}/rtc/validate?access_token={mine}&room={other}&room_name={other}"
        )
        # the server takes the room from the token, whatever the address says
        assert (await web.get(wanted)).status_code in (200, 401)


async def test_a_token_is_no_key_to_the_servers_api(caller: httpx2.AsyncClient, livekit_server: LiveKitServer) -> None:
    token = (await caller.post("/token")).json()["participant_token"]
    room = claims_of(token)["video"]["room"]
    async with api.LiveKitAPI.with_token(token, livekit_server.url) as mine:
        for request in (
            mine.room.list_rooms(api.ListRoomsRequest()),
            mine.room.create_room(api.CreateRoomRequest(name="another")),
            mine.room.delete_room(api.DeleteRoomRequest(room=room)),
            mine.room.list_participants(api.ListParticipantsRequest(room=room)),
            mine.agent_dispatch.create_dispatch(api.CreateAgentDispatchRequest(room=room, agent_name="switchboard")),
        ):
            with pytest.raises(api.TwirpError) as refused:
                await request
            assert refused.value.status in (401, 403)


async def test_nobody_else_gets_into_a_callers_room(
    caller: httpx2.AsyncClient, guests: Guests, livekit_server: LiveKitServer
) -> None:
    token = (await caller.post("/token")).json()["participant_token"]
    room = await guests.join(token)
    other = token_of(livekit_server.access).with_identity("caller-00000000")
    with pytest.raises(rtc.ConnectError):
        await guests.join(other.with_grants(api.VideoGrants(room_join=True, room=room.name)).to_jwt())


async def test_a_tampered_token_opens_nothing(caller: httpx2.AsyncClient, guests: Guests) -> None:
    token = (await caller.post("/token")).json()["participant_token"]
    with pytest.raises(rtc.ConnectError):
        await guests.join(f"{token[:-4]}AAAA")


async def test_a_caller_can_not_rename_themselves_or_claim_attributes(
    caller: httpx2.AsyncClient, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    room = await guests.join((await caller.post("/token")).json()["participant_token"])
    await room.local_participant.set_attributes({"switchboard.agent": "support"})
    await room.local_participant.publish_data(b"after it", topic="x")
    seen = await livekit.room.list_participants(api.ListParticipantsRequest(room=room.name))
    assert [dict(one.attributes) for one in seen.participants] == [{}]


async def test_a_caller_publishes_a_microphone_and_no_camera(
    caller: httpx2.AsyncClient, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    room = await guests.join((await caller.post("/token")).json()["participant_token"])
    picture = rtc.LocalVideoTrack.create_video_track("picture", rtc.VideoSource(16, 16))
    camera = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_CAMERA)
    # the server never answers it, and the client waits for long; what was asked first is decided first
    forbidden = asyncio.create_task(room.local_participant.publish_track(picture, camera))
    voice = rtc.LocalAudioTrack.create_audio_track("voice", rtc.AudioSource(48000, 1))
    microphone = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
    await room.local_participant.publish_track(voice, microphone)

    async def tracks() -> list[str]:
        seen = await livekit.room.list_participants(api.ListParticipantsRequest(room=room.name))
        return [track.name for one in seen.participants for track in one.tracks]

    assert await eventually(tracks) == ["voice"]
    forbidden.cancel()
