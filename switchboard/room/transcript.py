"""What both sides say, as the caller's page gets it: LiveKit's text streams on `lk.transcription`, from the outbox.

LiveKit's own output drops words that are said before it has linked the caller, and publishes to everybody in the room.
"""

from livekit import rtc
from livekit.agents import utils
from livekit.agents.types import (
    ATTRIBUTE_TRANSCRIPTION_FINAL,
    ATTRIBUTE_TRANSCRIPTION_SEGMENT_ID,
    ATTRIBUTE_TRANSCRIPTION_TRACK_ID,
    TOPIC_TRANSCRIPTION,
)
from livekit.agents.voice.events import UserInputTranscribedEvent
from livekit.agents.voice.io import TextOutput

from switchboard.room.caller import CallerRoom


class Segment:
    """What one side says without a break: a stream that grows, opened anew for a page that comes back."""

    def __init__(self, room: CallerRoom, speaker: str) -> None:
        self.text = ""
        self._room = room
        self._speaker = speaker
        self._id = utils.shortuuid("SG_")
        self._stream: rtc.TextStreamWriter | None = None
        self._visit = 0
        self._sent = 0

    async def write(self, visit: int) -> None:
        """Send what has come since."""
        stream, self._stream = self._stream, None  # one that fails is opened anew, with all of it
        if stream is None or visit != self._visit:
            stream, self._visit, self._sent = await self._open(final=False), visit, 0
        if new := self.text[self._sent :]:
            await stream.write(new)
            self._sent += len(new)
        self._stream = stream

    async def end(self, visit: int) -> None:
        """Send what is left, and that this was all."""
        await self.write(visit)
        stream, self._stream = self._stream, None
        assert stream is not None
        await stream.aclose(attributes={ATTRIBUTE_TRANSCRIPTION_FINAL: "true"})

    async def whole(self, text: str, *, final: bool) -> None:
        """A guess at all of it, in a stream of its own."""
        stream = await self._open(final=final)
        await stream.write(text)
        await stream.aclose()

    async def _open(self, *, final: bool) -> rtc.TextStreamWriter:
        attributes = {
            ATTRIBUTE_TRANSCRIPTION_SEGMENT_ID: self._id,
            ATTRIBUTE_TRANSCRIPTION_FINAL: "true" if final else "false",
        }
        if track := self._room.microphone_of(self._speaker):
            attributes[ATTRIBUTE_TRANSCRIPTION_TRACK_ID] = track
        return await self._room.room.local_participant.stream_text(
            topic=TOPIC_TRANSCRIPTION,
            attributes=attributes,
            destination_identities=self._room.audience,
            sender_identity=self._speaker,
        )


class AgentWords(TextOutput):
    """The agents' words, as they are spoken."""

    def __init__(self, room: CallerRoom) -> None:
        super().__init__(label="AgentWords", next_in_chain=None)
        self._room = room
        self._segment: Segment | None = None

    async def capture_text(self, text: str) -> None:
        if self._segment is None:
            self._segment = Segment(self._room, self._room.room.local_participant.identity)
        self._segment.text += text
        self._room.outbox.put(self._segment.write)

    def flush(self) -> None:
        if self._segment is not None:
            self._room.outbox.put(self._segment.end)
            self._segment = None


class CallerWords:
    """The caller's words, guess by guess; a listener of the session's `user_input_transcribed`."""

    def __init__(self, room: CallerRoom) -> None:
        self._room = room
        self._segment: Segment | None = None

    def heard(self, event: UserInputTranscribedEvent) -> None:
        """One guess; a final one ends the segment."""
        if self._room.caller is None:
            return
        segment = self._segment or Segment(self._room, self._room.caller)
        text, final = event.transcript, event.is_final
        self._room.outbox.put(lambda _: segment.whole(text, final=final))
        self._segment = None if final else segment
