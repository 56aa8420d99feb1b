"""Frontends that are not ours: LiveKit's JavaScript client with its token endpoint, and explicit dispatch by API."""

import asyncio
import secrets
from collections.abc import AsyncIterator

import pytest
from livekit import api
from playwright.async_api import Browser

from switchboard.database import Database
from switchboard.ledger.events import Ended
from tests.browser.caller import PATIENCE, Caller, new_caller
from tests.browser.ledger import ended, of
from tests.browser.participant import TRANSCRIPTS, Participant, token
from tests.browser.stack import ROOT, Stack

CLIENT = ROOT / "web/node_modules/livekit-client/dist/livekit-client.umd.js"
JOIN = """async address => {
  const source = LivekitClient.TokenSource.endpoint(address);
  const { serverUrl, participantToken } = await source.fetch({ roomName: 'mine', participantIdentity: 'me' });
  const room = new LivekitClient.Room();
  const got = window.got = { room, tracks: [], transcript: '' };
  room.on(LivekitClient.RoomEvent.TrackSubscribed, (track, _, from) => {
    document.body.append(track.attach());
    got.tracks.push([track.kind, from.isAgent]);
  });
  room.registerTextStreamHandler('lk.transcription', async reader => {
    for await (const piece of reader) got.transcript += piece;
  });
  await room.connect(serverUrl, participantToken);
  return { room: room.name, identity: room.localParticipant.identity };
}"""


@pytest.fixture
async def elsewhere(stack: Stack, quiet: Browser) -> AsyncIterator[Caller]:
    """A page with nothing but LiveKit's client, which hears what it plays."""
    if not CLIENT.exists():
        pytest.fail(f"There is no {CLIENT}: run `npm ci` in web/.")
    caller = await new_caller(quiet)
    await caller.open(f"{stack.page}/health")
    await caller.page.add_script_tag(path=CLIENT)
    yield caller
    assert caller.complaints == []


async def test_livekits_own_client_reaches_the_line_by_the_token_endpoint(
    stack: Stack, ledger: Database, elsewhere: Caller
) -> None:
    page = elsewhere.page
    joined = await page.evaluate(JOIN, f"{stack.page}/token")
    assert joined["room"] != "mine"
    assert joined["identity"] != "me"
    await page.wait_for_function("got.transcript.includes('Fernway')", timeout=PATIENCE)
    assert await page.evaluate("got.tracks") == [["audio", True]]
    await elsewhere.hears(1_000)
    await page.evaluate("got.room.localParticipant.sendText('Goodbye!', { topic: 'lk.chat' })")
    await page.wait_for_function("got.room.state === 'disconnected'", timeout=PATIENCE)
    assert of(await ended(ledger, joined["room"]), Ended)[0].reason == "goodbye"


@pytest.mark.parametrize("metadata", ['{"line": "support-line"}', "", "not json", '{"line": 7, "phone": []}'])
async def test_an_explicit_dispatch_by_api_reaches_the_line_that_it_names_or_the_first(
    metadata: str, stack: Stack, ledger: Database
) -> None:
    room = f"elsewhere-{secrets.token_hex(6)}"
    asked = api.CreateAgentDispatchRequest(agent_name="switchboard", room=room, metadata=metadata)
    guest = Participant()
    async with stack.livekit.api() as server:
        await server.agent_dispatch.create_dispatch(asked)
    try:
        await guest.room.connect(stack.livekit.url, token(room, "guest"))
        await guest.gets(TRANSCRIPTS, "Fernway")
        assert [topic for topic, _ in guest.got].count("track") == 1
        await guest.say("Goodbye!")
        await asyncio.wait_for(guest.put_out.wait(), PATIENCE / 1000)
    finally:
        await guest.room.disconnect()
    assert of(await ended(ledger, room), Ended)[0].reason == "goodbye"


async def test_a_dispatch_for_a_line_that_there_is_not_closes_the_room(stack: Stack) -> None:
    room = f"elsewhere-{secrets.token_hex(6)}"
    asked = api.CreateAgentDispatchRequest(agent_name="switchboard", room=room, metadata='{"line": "no-such-line"}')
    guest = Participant()
    async with stack.livekit.api() as server:
        await server.room.create_room(api.CreateRoomRequest(name=room))
        await guest.room.connect(stack.livekit.url, token(room, "guest"))
        await server.agent_dispatch.create_dispatch(asked)
        await asyncio.wait_for(guest.put_out.wait(), PATIENCE / 1000)
    assert "there is no such line" in stack.worker.written
    assert "Traceback" not in stack.worker.written
