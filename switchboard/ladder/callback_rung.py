"""A callback that a caller asks for by key or by typing, without a model that understands them."""

import asyncio
from typing import Any

import structlog
from livekit.agents import utils

from switchboard.call.call import Call
from switchboard.ladder.speaker import Speaker
from switchboard.ledger.events import EndReason, RescuedBy, RescueOutcome
from switchboard.line.callback import Callback
from switchboard.line.words import Words
from switchboard.room.keypad import Keypad
from switchboard.waiting import any_set

log = structlog.get_logger(__name__)

YES = "1"
ANSWER_SECONDS = 8.0
"""For a key, after the question or the key before."""
BETWEEN_KEYS_SECONDS = 4.0
MOST_TRIES = 2
QUICK_SECONDS = 1.0
"""A booking that takes longer is told."""
BOOKING_SECONDS = 5.0


class CallbackRung:
    """Of one call: `press` and `type` hear what the caller does."""

    by: RescuedBy = "callback"
    target = ""
    ends: EndReason = "callback"

    def __init__(self, call: Call[Any], callback: Callback, speaker: Speaker, words: Words) -> None:
        self._call = call
        self._callback = callback
        self._speaker = speaker
        self._words = words
        self._keypad = Keypad(self.type, pause=BETWEEN_KEYS_SECONDS)
        self._knows_number = False
        self._asking = False
        self._answer = ""
        self._answered = asyncio.Event()
        self._pressed = asyncio.Event()

    async def take(self) -> RescueOutcome:
        """Offer it, and take it down."""
        self._knows_number = any(sign.isdigit() for sign in self._call.caller.number or "")
        try:
            return await (self._by_key() if self._knows_number else self._by_number())
        finally:
            self._keypad.close()

    def press(self, key: str) -> None:
        """The caller has pressed that key. What they pressed before they were asked is no answer."""
        if not self._asking:
            return
        self._pressed.set()
        if self._knows_number:
            self.type(key)
        else:
            self._keypad.press(key)

    def type(self, words: str) -> None:
        """The caller has typed that."""
        if self._asking:
            self._answer = words
            self._answered.set()

    async def _by_key(self) -> RescueOutcome:
        if await self._ask(self._words.press) != YES:
            return "not_wanted"
        return "served" if await self._book("") else "failed"

    async def _by_number(self) -> RescueOutcome:
        for _ in range(MOST_TRIES):
            number = await self._ask(self._words.number)
            if number is None:
                return "not_wanted"
            if await self._book(number):
                return "served"
        return "failed"

    async def _ask(self, question: str) -> str | None:
        """What the caller answers, into the question or after it; None: nothing."""
        self._answered.clear()
        self._asking = True
        said = asyncio.Event()
        saying = asyncio.create_task(self._speaker.say(question), name="question")
        saying.add_done_callback(lambda _: said.set())
        try:
            await any_set(self._answered, said)
            return self._answer if await self._answers() else None
        finally:
            self._asking = False
            await utils.aio.cancel_and_wait(saying)

    async def _answers(self) -> bool:
        """Wait for it, for as long as keys are pressed."""
        while await any_set(self._answered, self._pressed, seconds=ANSWER_SECONDS):
            if self._answered.is_set():
                return True
            self._pressed.clear()
        return False

    async def _book(self, number: str) -> bool:
        booking = asyncio.ensure_future(self._callback.book(self._call, number))
        try:
            done, _ = await asyncio.wait([booking], timeout=QUICK_SECONDS)
            if not done:
                await self._speaker.say(self._words.moment)
                done, _ = await asyncio.wait([booking], timeout=BOOKING_SECONDS)
        finally:
            await utils.aio.cancel_and_wait(booking)
        error = None if booking.cancelled() else booking.exception()
        if booking.cancelled() or error:  # whatever the business's own part raises, the caller is told
            log.warning("a callback was not booked", error=type(error).__name__ if error else "TimeoutError")
            return False
        await self._speaker.say(self._words.booked)
        return True
