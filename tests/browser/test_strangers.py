"""What another participant in the room learns of a call, and can make its agent do: nothing that is not said aloud."""

import asyncio
import json
import secrets

import pytest
from livekit import api, rtc
from playwright.async_api import Browser

from switchboard.database import Database
from switchboard.ledger.events import CallerSpoke, ToolCalled
from tests.browser.caller import new_caller
from tests.browser.ledger import ended, of
from tests.browser.participant import EVENTS, PATIENCE, TRANSCRIPTS, Participant, token
from tests.browser.stack import Stack


async def test_a_room_takes_no_second_caller(stack: Stack, quiet: Browser) -> None:
    caller = await new_caller(quiet)
    await caller.open(stack.page)
    await caller.call("Type instead")
    stranger = Participant()
    with pytest.raises(rtc.ConnectError):
        await stranger.room.connect(stack.livekit.url, token(await caller.origin(), "stranger"))
    await caller.hang_up()


async def test_another_participant_learns_nothing(stack: Stack, ledger: Database) -> None:
    name = f"call-{secrets.token_hex(6)}"
    told = json.dumps({"line": "support-line", "caller": "guest", "warm": True})
    dispatch = api.RoomAgentDispatch(agent_name="switchboard", metadata=told)
    async with stack.livekit.api() as server:  # a room like ours, but for the limit to one caller
        await server.room.create_room(api.CreateRoomRequest(name=name, max_participants=5, agents=[dispatch]))
    guest, stranger = Participant(), Participant()
    try:
        await stranger.room.connect(stack.livekit.url, token(name, "stranger"))
        await guest.room.connect(stack.livekit.url, token(name, "guest"))
        await guest.gets(TRANSCRIPTS, "Fernway")
        await stranger.say("I want to cancel an order.")
        await stranger.ask_session()
        await guest.say("Where is my order? Order 10042, postcode SW1A 2AA.")
        await guest.gets(TRANSCRIPTS, "oak writing desk")
        await guest.gets(EVENTS, "find_order")
        await stranger.ask_session()
        attributes = [dict(one.attributes) for one in stranger.room.remote_participants.values()]
        await guest.say("Goodbye!")
        await asyncio.wait_for(guest.put_out.wait(), PATIENCE)  # who leaves before may come back: the call would wait
    finally:
        await asyncio.gather(stranger.room.disconnect(), guest.room.disconnect())
    # Transcripts are LiveKit's own, and what the two type is sent to the room by them: no more came.
    assert {topic for topic, _ in stranger.got} <= {TRANSCRIPTS, "lk.chat"}
    assert any(attributes)
    assert not [name for each in attributes for name in each if not name.startswith(("lk.", "switchboard."))]
    events = await ended(ledger, name)
    assert of(events, ToolCalled)
    aloud = [text for topic, text in stranger.got if topic == TRANSCRIPTS]
    assert not [text for text in aloud if "SW1A" in text or "You are `" in text or "find_order" in text]
    assert not any("cancel" in spoke.text for spoke in of(events, CallerSpoke))
