"""A caller who types: no sound, and no time to wait for."""

import asyncio

from rehearsal.record import Record
from switchboard.call.typed import Typed
from switchboard.conversation import Conversation
from switchboard.ledger.events import CallerSpoke
from switchboard.presence import Invitation
from switchboard.room.keypad import turn


class Typist:
    """A `Way`."""

    patience = 30.0
    invitation: Invitation | None = None
    sound: float | None = None

    def __init__(self) -> None:
        self._put = 0
        self._answering: asyncio.Task[None] | None = None

    def begin(self, conversation: Conversation) -> None:
        """As the other way."""
        self._conversation = conversation
        self._typed = Typed(conversation.session, conversation.call)
        self._answering = asyncio.create_task(self._typed.answer())

    def says(self, words: str) -> None:
        """It is read at once."""
        self._put += 1
        self._typed.put(words)

    def types(self, keys: str) -> None:
        """As a keypad would."""
        self.says(turn(keys, False, self._conversation.ledger.mask))

    def hangs_up(self) -> None:
        """The call ends at once."""
        self._conversation.ending.finish("caller_left")

    async def hears(self, seconds: float) -> None:  # noqa: ARG002 - what is read has none
        """Never."""
        await asyncio.Event().wait()

    def taken(self, record: Record) -> bool:
        """Each line is a turn."""
        return len(record.of(CallerSpoke)) >= self._put

    def understood(self) -> str | None:
        """Nothing is spoken."""

    async def aclose(self) -> None:
        """Nothing is answered any more."""
        if self._answering:
            self._answering.cancel()
