"""Somebody in a room by LiveKit's client for Python."""

import asyncio
import secrets
from collections.abc import Awaitable

from livekit import api, rtc
from livekit.agents.voice.remote_session import TOPIC_SESSION_MESSAGES
from livekit.protocol.agent_pb import agent_session

from tests.livekit import KEY, SECRET

TRANSCRIPTS = "lk.transcription"
EVENTS = "switchboard.events"
TOPICS = (TRANSCRIPTS, EVENTS, "lk.chat", "lk.agent.events", "lk.agent.request", "lk.agent.response")
REQUESTS = (
    "ping",
    "get_chat_history",
    "get_agent_info",
    "get_session_state",
    "get_session_usage",
    "get_framework_info",
)
PATIENCE = 30.0


class Participant:
    """They keep all that comes: (topic, text), a text as often as it grows."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self.got: list[tuple[str, str]] = []
        self.put_out = asyncio.Event()
        """The room is closed."""
        self._news = asyncio.Event()
        self._reading: set[asyncio.Task[None]] = set()
        for topic in TOPICS:
            self.room.register_text_stream_handler(topic, lambda reader, _: self._read(self._text(reader)))
        self.room.register_byte_stream_handler(
            TOPIC_SESSION_MESSAGES, lambda reader, _: self._read(self._bytes(reader))
        )
        self.room.on("data_received", lambda packet: self._note(f"data {packet.topic}", repr(packet.data)))
        self.room.on("disconnected", lambda _: self.put_out.set())
        self.room.on("track_subscribed", lambda track, *_: self._note("track", track.name))

    async def gets(self, topic: str, words: str) -> None:
        """Wait until something on `topic` has these words in it."""
        try:
            async with asyncio.timeout(PATIENCE):
                while not any(topic == one and words in text for one, text in self.got):
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"nothing on {topic} with {words!r}: {self.got}") from None

    async def say(self, words: str) -> None:
        await self.room.local_participant.send_text(words, topic="lk.chat")

    async def ask_session(self) -> None:
        """Send every request of LiveKit's control channel."""
        for name in REQUESTS:
            request = agent_session.SessionRequest(request_id=secrets.token_hex(4))
            getattr(request, name).SetInParent()
            message = agent_session.AgentSessionMessage(request=request).SerializeToString()
            writer = await self.room.local_participant.stream_bytes("request", topic=TOPIC_SESSION_MESSAGES)
            await writer.write(message)
            await writer.aclose()

    def _note(self, topic: str, text: str) -> None:
        self.got.append((topic, text))
        self._news.set()

    def _read(self, reading: Awaitable[None]) -> None:
        task = asyncio.ensure_future(reading)
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _text(self, reader: rtc.TextStreamReader) -> None:
        text = ""
        async for piece in reader:
            text += piece
            self._note(reader.info.topic, text)

    async def _bytes(self, reader: rtc.ByteStreamReader) -> None:
        self._note(reader.info.topic, repr(b"".join([chunk async for chunk in reader])))


def token(room: str, identity: str) -> str:
    grants = api.VideoGrants(room_join=True, room=room, hidden=False)
    return api.AccessToken(KEY, SECRET).with_identity(identity).with_grants(grants).to_jwt()
