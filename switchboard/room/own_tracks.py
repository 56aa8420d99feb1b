"""Our tracks go out of a room before the server closes it: LiveKit's client would keep them, and a thread for each.

See docs/upstream.md, 9. A worker that answers calls in threads lives long enough to notice.
"""

import asyncio

import structlog
from livekit import rtc
from livekit.rtc.participant import UnpublishTrackError

log = structlog.get_logger(__name__)

SECONDS = 0.5
"""It asks nobody, and takes a millisecond; the end of a call does not wait for a client that is stuck."""


async def withdraw_tracks(room: rtc.Room) -> None:
    """Unpublish what we have published in `room`. Where that fails, the room can be closed all the same."""
    if not room.isconnected():
        return
    try:
        async with asyncio.timeout(SECONDS):
            for sid in tuple(room.local_participant.track_publications):
                await room.local_participant.unpublish_track(sid)
    except (UnpublishTrackError, TimeoutError) as error:
        log.info("a track was not withdrawn", error=type(error).__name__)
