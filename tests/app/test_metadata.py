"""B17: whatever a frontend of others writes into a dispatch, whoever comes into the room is answered, on their line."""

import asyncio
import json
import secrets
from collections.abc import Iterator

from livekit import api

from switchboard.phone.trunks import dispatch_rule
from switchboard.settings.environment import load_settings
from tests.app.line import AGENT, Line
from tests.browser.participant import PATIENCE, TRANSCRIPTS, Participant, token

NUMBERS = {"PHONE_NUMBERS": "+15550100=support-line, +15550101=clinic-line"}
GREETINGS = {"support-line": "Fernway", "clinic-line": "Park Street Practice"}
ODD = ["hello", "[]", "{", '{"line": 7}', '{"caller": ""}', '{"line": "", "resume": ""}', '{"resume": "no such call"}']


async def room_with(line: Line, metadata: str) -> str:
    name = f"call-{secrets.token_hex(6)}"
    dispatch = api.RoomAgentDispatch(agent_name=AGENT, metadata=metadata)
    await line.server.room.create_room(api.CreateRoomRequest(name=name, agents=[dispatch]))
    return name


def of_numbers() -> Iterator[tuple[str, str]]:
    """What LiveKit dispatches for each number, and how its line greets."""
    for number in load_settings(None, NUMBERS).phone.numbers:
        (dispatch,) = dispatch_rule(number.line, AGENT, "a trunk").room_config.agents
        yield dispatch.metadata, GREETINGS[number.line]


async def test_a_number_is_answered_as_its_lines_playbook_says_and_odd_metadata_make_nobody_wait(line: Line) -> None:
    await asyncio.to_thread(line.worker.start)
    for metadata, greeting in (*of_numbers(), *((odd, GREETINGS["support-line"]) for odd in ODD)):
        caller = Participant()
        await caller.room.connect(line.stack.livekit.url, token(await room_with(line, metadata), "somebody"))
        try:
            await caller.gets(TRANSCRIPTS, greeting)
        finally:
            await caller.room.disconnect()


async def test_a_line_that_there_is_not_closes_the_room(line: Line) -> None:
    await asyncio.to_thread(line.worker.start)
    caller = Participant()
    room = await room_with(line, json.dumps({"line": "nowhere"}))
    await caller.room.connect(line.stack.livekit.url, token(room, "somebody"))

    await asyncio.wait_for(caller.put_out.wait(), PATIENCE)
