"""The `calls` resource: started warm, come back to by token, ended."""

import asyncio
import json

import httpx2
import pytest
from livekit import api

from switchboard.http.rooms import SPARE_SECONDS
from tests.livekit import LiveKitServer
from tests.switchboard.http.house import OPTIONS, Answer, Guests, claims_of, error_of, eventually, open_house

CALL = {"id", "line", "server_url", "participant_token", "resume_token", "expires_in"}


@pytest.fixture
async def call(caller: httpx2.AsyncClient) -> Answer:
    """A call that was asked for."""
    response = await caller.post("/calls", json={})
    assert response.status_code == 201
    answer: Answer = response.json()
    return answer


async def rooms_of(livekit: api.LiveKitAPI) -> list[str]:
    return [room.name for room in (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms]


async def told(livekit: api.LiveKitAPI, room: str) -> list[Answer]:
    """The metadata of the room's dispatches."""
    return [json.loads(one.metadata) for one in await livekit.agent_dispatch.list_dispatch(room)]


async def test_a_call_has_its_room_with_limits_before_the_caller_comes(
    call: Answer, livekit: api.LiveKitAPI, livekit_server: LiveKitServer
) -> None:
    assert call.keys() == CALL
    assert (call["line"], call["server_url"], call["expires_in"]) == ("support-line", livekit_server.url, 600)
    room = (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms[0]
    assert room.name == call["id"]
    assert room.max_participants == 1
    limits = OPTIONS.call
    assert room.empty_timeout == limits.wait_seconds + SPARE_SECONDS
    assert room.departure_timeout == limits.grace_seconds + SPARE_SECONDS


async def test_the_agent_is_called_when_the_call_is_asked_for(call: Answer, livekit: api.LiveKitAPI) -> None:
    identity = claims_of(call["participant_token"])["sub"]
    assert await told(livekit, call["id"]) == [{"line": "support-line", "caller": identity, "warm": True}]


async def test_the_caller_joins_and_no_second_agent_is_called(
    call: Answer, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    room = await guests.join(call["participant_token"])
    assert room.name == call["id"]
    assert len(await livekit.agent_dispatch.list_dispatch(call["id"])) == 1


async def test_a_caller_who_joins_after_the_room_closed_gets_an_agent_and_the_limits(
    call: Answer, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    await livekit.room.delete_room(api.DeleteRoomRequest(room=call["id"]))
    await guests.join(call["participant_token"])
    assert (await livekit.room.list_rooms(api.ListRoomsRequest())).rooms[0].max_participants == 1
    assert [one["resume"] for one in await told(livekit, call["id"])] == [call["id"]]


async def test_a_line_can_be_named(caller: httpx2.AsyncClient, livekit: api.LiveKitAPI) -> None:
    call = (await caller.post("/calls", json={"line": "stage"})).json()
    assert call["line"] == "stage"
    assert (await told(livekit, call["id"]))[0]["line"] == "stage"


async def test_an_unknown_line_is_refused_and_makes_no_room(
    caller: httpx2.AsyncClient, livekit: api.LiveKitAPI
) -> None:
    response = await caller.post("/calls", json={"line": "nowhere"})
    assert (response.status_code, error_of(response)) == (404, "line_unknown")
    assert not await rooms_of(livekit)


@pytest.mark.parametrize("body", ['{"line": 1}', '{"line": "A b"}', '{"room": "mine"}', "[]", "{", '"x"'])
async def test_a_malformed_request_is_refused_without_repeating_it(caller: httpx2.AsyncClient, body: str) -> None:
    response = await caller.post("/calls", content=body, headers={"Content-Type": "application/json"})
    assert (response.status_code, error_of(response)) == (422, "bad_request")


async def test_a_huge_request_is_refused(caller: httpx2.AsyncClient) -> None:
    response = await caller.post("/calls/resume", json={"resume_token": "x" * 1_000_000})
    assert (response.status_code, error_of(response)) == (413, "too_large")


async def test_coming_back_leads_to_the_same_room_and_identity(
    caller: httpx2.AsyncClient, call: Answer, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    await guests.join(call["participant_token"])
    response = await caller.post("/calls/resume", json={"resume_token": call["resume_token"]})
    assert response.status_code == 200
    back = response.json()
    assert back.keys() == CALL
    assert back["id"] == call["id"]
    assert claims_of(back["participant_token"])["sub"] == claims_of(call["participant_token"])["sub"]
    # a reloaded page takes the place of the old one, although the room is for one
    assert (await guests.join(back["participant_token"])).name == call["id"]
    assert await rooms_of(livekit) == [call["id"]]


async def test_a_call_whose_room_is_gone_goes_on_in_a_new_one(
    caller: httpx2.AsyncClient, call: Answer, livekit: api.LiveKitAPI
) -> None:
    await livekit.room.delete_room(api.DeleteRoomRequest(room=call["id"]))
    back = (await caller.post("/calls/resume", json={"resume_token": call["resume_token"]})).json()
    assert back["id"] != call["id"]
    identity = claims_of(call["participant_token"])["sub"]
    assert claims_of(back["participant_token"])["sub"] == identity
    assert await told(livekit, back["id"]) == [
        {"line": "support-line", "caller": identity, "warm": True, "resume": call["id"]}
    ]


async def test_a_call_keeps_its_id_through_every_room(
    caller: httpx2.AsyncClient, call: Answer, livekit: api.LiveKitAPI
) -> None:
    rooms, token = [call["id"]], call["resume_token"]
    for _ in range(3):
        await livekit.room.delete_room(api.DeleteRoomRequest(room=rooms[-1]))
        back = (await caller.post("/calls/resume", json={"resume_token": token})).json()
        rooms, token = [*rooms, back["id"]], back["resume_token"]
        assert (await told(livekit, back["id"]))[0]["resume"] == call["id"]
    assert len(set(rooms)) == 4


async def test_coming_back_twice_by_one_attempt_leads_to_one_room(
    caller: httpx2.AsyncClient, call: Answer, livekit: api.LiveKitAPI
) -> None:
    await livekit.room.delete_room(api.DeleteRoomRequest(room=call["id"]))
    attempt = {"resume_token": call["resume_token"], "attempt": "one and the same"}
    backs = [(await caller.post("/calls/resume", json=attempt)).json() for _ in range(2)]
    assert backs[0]["id"] == backs[1]["id"]
    assert await rooms_of(livekit) == [backs[0]["id"]]
    assert len(await told(livekit, backs[0]["id"])) == 1


async def test_a_caller_whose_agent_is_gone_can_ask_for_a_fresh_room(
    caller: httpx2.AsyncClient, call: Answer, guests: Guests, livekit: api.LiveKitAPI
) -> None:
    await guests.join(call["participant_token"])
    back = (await caller.post("/calls/resume", json={"resume_token": call["resume_token"], "fresh": True})).json()
    assert back["id"] != call["id"]

    async def only_the_new_room() -> bool:
        return await rooms_of(livekit) == [back["id"]]

    await eventually(only_the_new_room)
    assert (await told(livekit, back["id"]))[0]["resume"] == call["id"]


async def test_ending_a_call_closes_its_room_and_can_be_repeated(
    caller: httpx2.AsyncClient, call: Answer, livekit: api.LiveKitAPI
) -> None:
    for _ in range(2):
        response = await caller.request("DELETE", "/calls", json={"resume_token": call["resume_token"]})
        assert (response.status_code, response.content) == (204, b"")
        assert not await rooms_of(livekit)


async def test_no_secret_or_token_is_logged(
    caller: httpx2.AsyncClient, call: Answer, livekit_server: LiveKitServer, capfd: pytest.CaptureFixture[str]
) -> None:
    await caller.post("/calls/resume", json={"resume_token": call["resume_token"]})
    await caller.post("/calls/resume", json={"resume_token": call["resume_token"] + "x"})
    await caller.request("DELETE", "/calls", json={"resume_token": call["resume_token"]})
    said = "".join(capfd.readouterr())
    assert call["id"] in said
    secret = livekit_server.access.secret
    for hidden in (call["resume_token"], call["participant_token"], secret.get_secret_value(), "192.0.2.1"):
        assert hidden not in said


async def test_a_call_that_is_asked_for_while_livekit_starts_is_made(
    livekit_server: LiveKitServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.http.calls.PATIENCE_SECONDS", 20.0)
    server = LiveKitServer()
    async with open_house(server.access) as house, house.caller() as caller:
        asked = asyncio.create_task(caller.post("/calls"))
        try:
            await asyncio.to_thread(server.start)
            assert (await asked).status_code == 201
        finally:
            server.remove()
