"""Cold transfer: the caller's phone is sent elsewhere by SIP REFER, and comes back to the agent if nobody takes it."""

import time
from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import aiohttp
import structlog
from livekit import api
from livekit.agents import RunContext, function_tool, llm
from livekit.protocol.sip import TransferSIPParticipantResponse

from switchboard.call.call import Call
from switchboard.call.ending import Ending
from switchboard.ledger.events import CallTransferred, TransferOutcome
from switchboard.line.workflow import Number, transfer_name
from switchboard.room.caller import NotOnThePhone
from switchboard.transfer.outcome import outcome_of, outcome_told

log = structlog.get_logger(__name__)

RINGING_SECONDS = 20
TOLD: dict[TransferOutcome, str] = {
    "busy": "They are busy.",
    "no_answer": "Nobody answers there.",
    "declined": "They can't take the call now.",
    "failed": "The call can't be put through there now.",
}
BACK = "{told} The caller is with you again. Say so in one sentence, and offer something else: a ticket or a callback."
FIRST_SAY_SO = "Before you call this, tell the caller in one short sentence that you put them through."

Refer = Callable[[str, int], Awaitable[TransferSIPParticipantResponse]]
"""Sends the caller's phone to an address and lets it ring for so many seconds: `CallerRoom.refer`."""


class ColdTransfer:
    """Makes the tools of the numbers of a line.

    `phones_of` gives the addresses of a name, from the settings alone; `refer` sends the caller's phone there.
    """

    def __init__(
        self, call: Call[Any], ending: Ending, phones_of: Callable[[str], Sequence[str]], refer: Refer
    ) -> None:
        self._call = call
        self._ending = ending
        self._phones_of = phones_of
        self._refer = refer

    def tool(self, number: Number) -> llm.Tool:
        """The tool that sends the caller to `number`. It has no arguments: where to is not the model's to say."""

        async def transfer(ctx: RunContext[Call[Any]]) -> str | llm.ToolResult | None:
            if refusal := self._call.departure.refusal():
                return refusal
            with self._call.departure.to(number.name):
                return await self._transfer(number, ctx)

        description = f"{number.purpose} {FIRST_SAY_SO}"
        return function_tool(transfer, name=transfer_name(number), description=description)

    def reaches(self, number: Number) -> bool:
        """Whether there is an address to send a phone to."""
        return bool(self._phones_of(number.name))

    async def put_through(self, number: Number) -> TransferOutcome:
        """Send the caller's phone to `number`, which has an address: the call is over if that is done."""
        asked = time.monotonic()
        outcome = await self._outcome(self._phones_of(number.name)[0])
        took = round((time.monotonic() - asked) * 1000, 1)
        self._call.ledger.write(CallTransferred(agent=self._call.agent, target=number.name, outcome=outcome, ms=took))
        if outcome == "done":
            self._ending.finish("transferred")
        return outcome

    async def _transfer(self, number: Number, ctx: RunContext[Call[Any]]) -> str | None:
        if not self.reaches(number):
            return BACK.format(told=TOLD["failed"])
        await ctx.wait_for_playout()
        hearing = ctx.session.input
        hearing.set_audio_enabled(False)
        try:
            outcome = await self.put_through(number)
        finally:
            hearing.set_audio_enabled(True)
        return None if outcome == "done" else BACK.format(told=TOLD[outcome])

    async def _outcome(self, phone: str) -> TransferOutcome:
        rings_until = time.monotonic() + RINGING_SECONDS
        address = phone if phone.startswith("sip") else f"tel:{phone}"
        try:
            outcome = outcome_told(await self._refer(address, RINGING_SECONDS))
        except NotOnThePhone:
            return "failed"
        except (api.TwirpError, TimeoutError, aiohttp.ClientError) as error:
            outcome = outcome_of(error, rings_until)
            log.info("a caller was not put through", outcome=outcome, error=type(error).__name__)
        return outcome
