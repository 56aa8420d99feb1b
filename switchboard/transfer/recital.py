"""The talk with a person when there is no model: they hear what it is about, again and again, and press a key."""

import asyncio
from collections.abc import Sequence
from types import TracebackType
from typing import Self

from livekit import rtc
from livekit.agents import utils

from switchboard.room.agent_track import AgentTrack
from switchboard.transfer.person_phone import PERSON, PersonPhone
from switchboard.transfer.talk import Answer, Decision

PAUSE_SECONDS = 2.0


class Recital:
    """Of `words` (24 kHz, mono) on a `line`. Nobody is there to whom the person could give the caller back."""

    takes_notes = False

    def __init__(self, line: PersonPhone, words: Sequence[rtc.AudioFrame]) -> None:
        self._line = line
        self._words = words
        self._answer = Answer(line)
        self.track = AgentTrack()
        self.finished = asyncio.Event()

    async def __aenter__(self) -> Self:
        self._line.listen(self._answer.press)
        await self.track.publish(self._line.room, PERSON, self._line.answered.wait)
        return self

    async def __aexit__(
        self, _type: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> None:
        await self.track.aclose()

    async def decided(self, seconds: float) -> Decision:
        """Their yes or no, by key."""
        reciting = asyncio.create_task(self._recite(), name="recital")
        try:
            return await self._answer.within(seconds)
        finally:
            await utils.aio.cancel_and_wait(reciting)

    def fall_silent(self) -> None:
        """It is silent already."""

    async def dictated(self) -> None:
        """Nobody would hear it."""

    async def _recite(self) -> None:
        while True:
            await self.track.say(self._words)
            await asyncio.sleep(PAUSE_SECONDS)
