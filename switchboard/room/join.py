"""Entering a room so that whoever gives up meanwhile leaves nothing behind.

LiveKit's client (livekit 1.1.21) can't be told to stop: one whose `connect` is cancelled joins all the same, and 15 s
later ends the whole process, with every call in it. `docs/upstream.md` has the case.
"""

import asyncio
from collections.abc import Awaitable
from contextlib import suppress
from typing import Any, TypeVar

from livekit import rtc

Found = TypeVar("Found")


async def join(room: rtc.Room, connecting: Awaitable[Found]) -> Found:
    """What `connecting`, which connects `room`, gives. Who is cancelled leaves the room first: up to some 20 s later.

    Raises what `connecting` does: `rtc.ConnectError`.
    """
    entering = asyncio.ensure_future(connecting)
    try:
        return await asyncio.shield(entering)
    except asyncio.CancelledError:
        leaving = asyncio.create_task(_leave(room, entering), name="leave a room")
        while not leaving.done():
            with suppress(asyncio.CancelledError):
                await asyncio.shield(leaving)
        raise


async def _leave(room: rtc.Room, entering: asyncio.Future[Any]) -> None:
    await asyncio.wait([entering])
    if not entering.cancelled() and entering.exception() is None:
        await room.disconnect()
