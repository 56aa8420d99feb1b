"""B17: whatever a frontend of others writes into a dispatch, whoever comes into the room is answered."""

import asyncio
import json
import secrets

from livekit import api

from tests.app.line import AGENT, Line
from tests.browser.participant import PATIENCE, TRANSCRIPTS, Participant, token

GREETING = "Fernway"
ODD = ["hello", "[]", "{", '{"line": 7}', '{"caller": ""}', '{"line": "", "resume": ""}', '{"resume": "no such call"}']


async def room_with(line: Line, metadata: str) -> str:
    name = f"call-{secrets.token_hex(6)}"
    dispatch = api.RoomAgentDispatch(agent_name=AGENT, metadata=metadata)
    await line.server.room.create_room(api.CreateRoomRequest(name=name, agents=[dispatch]))
    return name


async def test_odd_metadata_makes_nobody_wait(line: Line) -> None:
    await asyncio.to_thread(line.worker.start)
    for metadata in ODD:
        caller = Participant()
        await caller.room.connect(line.stack.livekit.url, token(await room_with(line, metadata), "somebody"))
        try:
            await caller.gets(TRANSCRIPTS, GREETING)
        finally:
            await caller.room.disconnect()


async def test_a_line_that_there_is_not_closes_the_room(line: Line) -> None:
    await asyncio.to_thread(line.worker.start)
    caller = Participant()
    room = await room_with(line, json.dumps({"line": "nowhere"}))
    await caller.room.connect(line.stack.livekit.url, token(room, "somebody"))

    await asyncio.wait_for(caller.put_out.wait(), PATIENCE)
