"""A caller who speaks, in a room of a LiveKit server, and hears the agents there."""

from livekit import rtc

from rehearsal.bad_line import BadLine
from rehearsal.ears import Ears
from rehearsal.mouth import Mouth
from rehearsal.record import Record
from rehearsal.rooms import AGENT
from switchboard.background import Background
from switchboard.conversation import Conversation
from switchboard.ledger.events import CallerSpoke
from switchboard.presence import Invitation

DIGITS = "0123456789*#ABCD"
"""Each at the place that is its code."""


class Speaker:
    """A `Way`: what is heard of them, and when, is found out from the sound; the words are those that were said."""

    patience = 90.0

    def __init__(self, room: rtc.Room, invitation: Invitation, line: BadLine | None) -> None:
        self.invitation: Invitation | None = invitation
        self._ears = Ears(room, AGENT)
        self._mouth = Mouth(line)
        self._room = room
        self._turns = 0
        """Which the service has understood, and which were typed."""
        self._background = Background(lambda: self._conversation.ending.finish("error"))

    async def publish(self) -> None:
        """Turn the microphone on."""
        await self._mouth.publish(self._room)

    def begin(self, conversation: Conversation) -> None:
        """As the other way."""
        self._conversation = conversation

    def says(self, words: str) -> None:
        """It takes as long as it sounds."""
        self._ears.begin_anew()
        self._mouth.say(words)

    def types(self, keys: str) -> None:
        """As a page sends it. They are a turn after a pause."""
        self._ears.begin_anew()
        self._turns += 1
        self._background.run(self._press(keys), "press keys")

    def hangs_up(self) -> None:
        """They leave the room."""
        self._background.run(self._room.disconnect(), "hang up")

    async def hears(self, seconds: float) -> None:
        """By the sound itself."""
        await self._ears.into(seconds)

    def taken(self, record: Record) -> bool:
        """A turn that the service has understood is written down."""
        return self._mouth.silent and len(record.of(CallerSpoke)) >= self._turns

    def understood(self) -> str | None:
        """All that has been said by now."""
        words = self._mouth.said()
        self._turns += bool(words)
        return words

    @property
    def sound(self) -> float | None:
        """Of whoever speaks to them."""
        return self._ears.sound

    async def aclose(self) -> None:
        """Say and hear nothing any more."""
        await self._background.aclose()
        await self._ears.aclose()
        await self._mouth.aclose()

    async def _press(self, keys: str) -> None:
        for key in keys:
            await self._room.local_participant.publish_dtmf(code=DIGITS.index(key), digit=key)
