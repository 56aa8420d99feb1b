"""A person is rung for a caller whom no agent has any more: nobody briefs them, and nobody takes the caller back."""

import asyncio
from collections.abc import Sequence

from livekit import rtc

from switchboard.line.workflow import Person
from switchboard.settings.schema import Settings
from switchboard.transfer.attempt import Attempt
from switchboard.transfer.caller_side import CallerSide
from switchboard.transfer.pastime import Pastime, Say
from switchboard.transfer.recital import Recital
from switchboard.transfer.rings import Rings


class UnaidedTransfer:
    """Of one call. `say` speaks words of the line's to the caller."""

    def __init__(self, settings: Settings, caller: CallerSide, rings: Rings, say: Say) -> None:
        self._settings = settings
        self._caller = caller
        self._rings = rings
        self._say = say

    def reaches(self, person: Person) -> bool:
        """Whether there is a phone to ring."""
        return bool(self._phones(person))

    async def bring_in(self, person: Person, words: Sequence[rtc.AudioFrame]) -> bool:
        """Ring each phone of `person`, who hears `words`, until they have had the caller; whether they have."""
        if not words or not await self._rings.spend():
            return False
        pastime = Pastime(self._caller.track, person.waiting, self._say)
        pastime.play(lambda: self._say(person.calling))
        try:
            return await self._ring_each(person, pastime, words)
        except asyncio.CancelledError:
            self._caller.step(person, "given_up")
            raise
        finally:
            await pastime.stop()

    async def _ring_each(self, person: Person, pastime: Pastime, words: Sequence[rtc.AudioFrame]) -> bool:
        for number, phone in enumerate(self._phones(person), start=1):
            attempt = Attempt(
                self._settings, self._caller, person, number, pastime, lambda line, _: Recital(line, words)
            )
            stage = await attempt.run(phone)
            self._caller.step(person, stage, number)
            if stage in ("left", "cut_off"):
                return stage == "left"
        self._caller.step(person, "unreached")
        return False

    def _phones(self, person: Person) -> Sequence[str]:
        return self._settings.phone.phones_of(person.name)
