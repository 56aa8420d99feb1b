"""How a call ends: by an agent after the goodbye, by a caller's silence, or by its length. No call is left open."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from livekit.agents import (
    AgentSession,
    CloseEvent,
    CloseReason,
    RunContext,
    ToolError,
    UserStateChangedEvent,
    function_tool,
    llm,
)
from livekit.agents.voice import SpeechHandle

from switchboard.background import Background
from switchboard.call.call import Call
from switchboard.ledger.events import Ended, EndReason
from switchboard.line.sentences import (
    GOODBYE_COST,
    GOODBYE_LENGTH,
    GOODBYE_SILENCE,
    INTERRUPTED,
    ONE_MINUTE,
    SAY_GOODBYE,
    STILL_SILENT,
    STILL_THERE,
)

QUESTIONS = (STILL_THERE, STILL_SILENT)
WARNING_SECONDS = 60.0
SPEAKING_SECONDS = 15.0
"""So long a question or a goodbye may take: a call ends whether or not it can still be said."""
CLOSING_SECONDS = 8.0
"""From the end of a call until it is over, with what is still to be heard; `GONE_SECONDS` if nobody hears it."""
GONE_SECONDS = 2.0
UNHEARD: tuple[EndReason, ...] = (
    "nobody_came", "caller_left", "transferred", "callback", "unserved", "error", "moved",
)  # fmt: skip

REASONS: dict[CloseReason, EndReason] = {
    CloseReason.ERROR: "error",
    CloseReason.PARTICIPANT_DISCONNECTED: "caller_left",
}


class Ending:
    """Ends one call, once, and writes why. `silence` and `maximum` are in seconds; None: no such limit."""

    def __init__(self, call: Call[Any], session: AgentSession[Any], silence: float | None, maximum: float) -> None:
        self._call = call
        self._session = session
        self._silence = silence
        self._maximum = maximum
        self._answered = False
        self._reason: EndReason | None = None
        self._background = Background(lambda: self.finish("error"))
        self.over = asyncio.Event()
        """Set when the call has ended and the ledger says why."""
        self.leaving = asyncio.Event()
        """Set when the call begins to end: whatever still goes on in it is to stop."""
        self._says_goodbye = False
        self.at_end: Callable[[], None] = lambda: None
        """What is to be written before the call has ended."""
        self._ours = asyncio.Event()
        self._ours.set()
        session.on("close", self._closed)
        session.on("user_state_changed", self._user_state)

    @property
    def certain(self) -> bool:
        """Whether the call is ending, or about to end by itself, as the agent was asked to say."""
        return self.begun or self._says_goodbye

    @property
    def begun(self) -> bool:
        """Whether the call is ending, or has ended."""
        return self._reason is not None or self.over.is_set()

    def begin(self) -> None:
        """The caller is there: start to count the call's length, and to notice silence."""
        self._answered = True
        self._background.run(self._limit_length(), "maximum length")

    def pause(self) -> None:
        """A person is being called, or has the caller: silence and length are not ours to mind until `resume`."""
        self._ours.clear()

    def resume(self) -> None:
        """An agent has the caller again, whose silence counts from now."""
        self._ours.set()
        self._session.reset_away_timer()  # one who was silent meanwhile would never be asked: they are away already

    def spent(self) -> None:
        """What the call may cost is spent: the agent says goodbye."""
        self._background.run(self._say_goodbye(GOODBYE_COST, "maximum_cost"), "maximum cost")

    def finish(self, reason: EndReason) -> None:
        """End the call now; after what is being said, if anybody is there to hear it. The first reason counts.

        It is over when LiveKit's session has closed, and soon in any case: a session that never started, or hangs in
        its room, does not keep a call open.
        """
        if self.begun:
            return
        self._reason = reason
        self.leaving.set()
        self._session.shutdown(drain=self.heard)
        asyncio.get_running_loop().call_later(CLOSING_SECONDS if self.heard else GONE_SECONDS, self.end_anyway)

    def withdraw(self) -> None:
        """Another agent has the caller: this call never was, and nothing is written of it."""
        self.over.set()
        self.leaving.set()

    @property
    def heard(self) -> bool:
        """Whether somebody hears how the call ends."""
        return self._reason not in UNHEARD

    async def end_call(self, ctx: RunContext[Call[Any]]) -> str | llm.ToolResult | None:
        """End the call, after you have said goodbye. Call it when the caller is done, or says goodbye.

        Never call it while the caller still wants something, and never to transfer.
        """
        await ctx.wait_for_playout()  # by then all that the answer asks for is known
        if refusal := self._call.departure.refusal():
            return refusal
        speech = ctx.speech_handle
        if speech.interrupted:  # who speaks into the goodbye wants something
            raise ToolError(INTERRUPTED)
        speech.add_done_callback(self._after_goodbye)
        said_goodbye = any(item.type == "message" and item.role == "assistant" for item in speech.chat_items)
        return None if said_goodbye else SAY_GOODBYE

    @property
    def tool(self) -> Any:
        """The tool that every agent has."""
        return function_tool(self.end_call)

    def _after_goodbye(self, speech: SpeechHandle) -> None:
        if not speech.interrupted:
            self.finish("goodbye")

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "away" and self._answered and self._ours.is_set():
            self._background.run(self._ask_the_silent(), "silence")

    async def _say(self, instructions: str) -> None:
        """Have it said by the agent who has the caller, or is about to."""
        with suppress(TimeoutError):
            async with asyncio.timeout(SPEAKING_SECONDS):
                await self._call.departure.over.wait()
                await self._session.generate_reply(instructions=instructions, tool_choice="none").wait_for_playout()

    async def _ask_the_silent(self) -> None:
        for question in QUESTIONS:
            if self._silence is None or not await self._quiet_after(question, self._silence):
                return
        self._says_goodbye = True
        if await self._quiet_after(GOODBYE_SILENCE, 0):
            self.finish("silence")
        self._says_goodbye = False

    async def _quiet_after(self, instructions: str, seconds: float) -> bool:
        """Say it, wait `seconds`; whether the caller has neither spoken nor pressed a key meanwhile."""
        spoke = asyncio.Event()

        def listener(event: UserStateChangedEvent) -> None:
            if event.new_state != "away":  # a key makes it "listening"
                spoke.set()

        self._session.on("user_state_changed", listener)
        try:
            await self._say(instructions)
            if seconds and not spoke.is_set():
                await asyncio.wait_for(spoke.wait(), seconds)
        except TimeoutError:
            pass
        finally:
            self._session.off("user_state_changed", listener)
        return not spoke.is_set()

    async def _limit_length(self) -> None:
        warned = self._maximum - WARNING_SECONDS
        if warned > 0:
            await asyncio.sleep(warned)
            await self._ours.wait()
            await self._say(ONE_MINUTE)
        await asyncio.sleep(min(self._maximum, WARNING_SECONDS))
        await self._say_goodbye(GOODBYE_LENGTH, "maximum_length")

    async def _say_goodbye(self, instructions: str, reason: EndReason) -> None:
        """When an agent has the caller."""
        await self._ours.wait()
        self._says_goodbye = True
        await self._say(instructions)
        self.finish(reason)

    def end_anyway(self) -> None:
        """The session is gone without a word, or does not go: the call has ended all the same."""
        if not self.over.is_set():
            self._end("stopped")

    def _closed(self, event: CloseEvent) -> None:
        self._end(REASONS.get(event.reason, "stopped"))

    def _end(self, otherwise: EndReason) -> None:
        if self.over.is_set():
            return
        self.leaving.set()
        self._background.cancel()
        self.at_end()
        self._call.ledger.write(Ended(reason=self._reason or otherwise))
        self.over.set()
