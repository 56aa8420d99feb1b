"""Taking what a participant says out of a room, to be heard in another one."""

import asyncio
from collections.abc import AsyncIterator

from livekit import rtc

RATE = 24_000
PIECE_MS = 20


async def voice_of(room: rtc.Room, identity: str, piece_ms: int = PIECE_MS) -> AsyncIterator[rtc.AudioFrame]:
    """What the participant says from now on, piece by piece (24 kHz, mono), on whatever track they come back with."""
    tracks: asyncio.Queue[rtc.Track] = asyncio.Queue()

    def subscribed(track: rtc.Track, _: object, participant: rtc.RemoteParticipant) -> None:
        if participant.identity == identity and track.kind == rtc.TrackKind.KIND_AUDIO:
            tracks.put_nowait(track)

    room.on("track_subscribed", subscribed)
    try:
        if there := room.remote_participants.get(identity):
            for publication in there.track_publications.values():
                if publication.track:
                    subscribed(publication.track, publication, there)
        while True:
            stream = rtc.AudioStream(await tracks.get(), sample_rate=RATE, num_channels=1, frame_size_ms=piece_ms)
            try:
                async for event in stream:
                    yield event.frame
            finally:
                await stream.aclose()
    finally:
        room.off("track_subscribed", subscribed)
