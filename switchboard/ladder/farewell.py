"""The end of a call whose service does not come back: who can help is asked in turn, and the last words are said."""

import asyncio
from collections.abc import Sequence
from typing import Any

from livekit.agents import utils

from switchboard.call.call import Call
from switchboard.call.ending import Ending
from switchboard.ladder.callback_rung import CallbackRung
from switchboard.ladder.rungs import Rung
from switchboard.ladder.speaker import Speaker
from switchboard.ledger.events import EndReason, RescueOutcome, RescueStep
from switchboard.line.words import Words
from switchboard.waiting import any_set


class Farewell:
    """Of one call. `rungs` are those that it can take, the preferred first."""

    def __init__(
        self, call: Call[Any], ending: Ending, words: Words, speaker: Speaker, rungs: Sequence[Rung] = ()
    ) -> None:
        self._call = call
        self._ending = ending
        self._words = words
        self._speaker = speaker
        self._rungs = rungs
        self.begun = asyncio.Event()
        """No agent has the caller any more: what they type is for `type`, and their keys for `press`."""
        self._stopped = asyncio.Event()

    async def bid(self) -> None:
        """Have the caller helped by somebody else, or say that nobody can, and end the call; if it is not over."""
        if self._ending.begun:
            return
        self.begun.set()
        self._ending.pause()
        work = asyncio.create_task(self._help(), name="farewell")
        over = asyncio.create_task(any_set(self._ending.leaving, self._stopped))
        try:
            await asyncio.wait([work, over], return_when=asyncio.FIRST_COMPLETED)
        finally:
            over.cancel()
            await utils.aio.cancel_and_wait(work)
        if not work.cancelled():
            work.result()

    def stop(self) -> None:
        """Somebody else takes the caller, and ends the call here."""
        self._stopped.set()

    async def part(self, reason: EndReason) -> None:
        """Say that it cannot go on, if the call is not over, and end it for that reason."""
        if self._ending.begun:
            return
        await self._speaker.meet(self._words.sorry)
        self._ending.finish(reason)

    def press(self, key: str) -> None:
        """The caller has pressed that key."""
        for rung in self._asked:
            rung.press(key)

    def type(self, words: str) -> None:
        """The caller has typed that."""
        for rung in self._asked:
            rung.type(words)

    @property
    def _asked(self) -> list[CallbackRung]:
        return [rung for rung in self._rungs if isinstance(rung, CallbackRung)]

    async def _help(self) -> None:
        if not await self._speaker.meet(self._words.fault if self._rungs else self._words.sorry):
            self._ending.finish("unserved")
            return
        for rung in self._rungs:
            self._step(rung, "tried")
            outcome = await rung.take()
            self._step(rung, outcome)
            if outcome == "served":
                self._ending.finish(rung.ends)
                return
        if self._rungs:
            await self._speaker.say(self._words.later)
        self._ending.finish("unserved")

    def _step(self, rung: Rung, outcome: RescueOutcome) -> None:
        self._call.ledger.write(RescueStep(agent=self._call.agent, by=rung.by, target=rung.target, outcome=outcome))
