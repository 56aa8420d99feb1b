"""What callers may ask of people: how often, and at which phone numbers they are called back."""

from collections.abc import Iterator

import phonenumbers
from livekit.agents import ToolError
from phonenumbers import PhoneNumberType
from sqlalchemy.ext.asyncio import AsyncSession

from switchboard.call.call import Call
from switchboard.call.origins import origin_of, origins_of
from switchboard.ledger.budget import Budget, Purse, SpentError
from switchboard.settings.schema import Desk
from tools import clock
from tools.case import Case

DEAR = {
    PhoneNumberType.PREMIUM_RATE,
    PhoneNumberType.SHARED_COST,
    PhoneNumberType.PERSONAL_NUMBER,
    PhoneNumberType.PAGER,
}
"""Whoever calls these pays more than for others, or pays the one who is called."""
NOT_CALLED = (
    "Numbers of that kind are not called back. Ask for another one, an ordinary landline or mobile number, then call "
    "this tool again with it."
)
NO_MORE = (
    "No more can be done for this caller here: so much is taken down for one call, one number and one caller in a day, "
    "and no more. Say so kindly, do not try another tool for it, and help with anything else."
)


def is_called_back(number: str, desk: Desk) -> bool:
    """Whether a colleague calls such a number."""
    if number.startswith(desk.never_calls_back) or not ("*" in desk.calls_back or number.startswith(desk.calls_back)):
        return False
    return phonenumbers.number_type(phonenumbers.parse(number)) not in DEAR


class Limits:
    """What one call may ask for within a transaction of `session`. Raises a ToolError for what is too much."""

    def __init__(self, session: AsyncSession, call: Call[Case]) -> None:
        self._call = call
        self._purse = Purse(session, call.database.pseudonyms, clock.now())

    async def one_at_a_time(self, what: str) -> None:
        """What the call asks for twice at once is asked for one after the other, and then found done."""
        await self._purse.queue(what, f"call {origin_of(self._call)}")

    async def one_stranger_at_a_time(self, what: str) -> None:
        """Nobody else who is not verified takes what is left meanwhile."""
        if self._call.caller.verified is None:
            await self._purse.queue(what, "strangers")

    async def spend(self, what: str, phone: str | None, *, per_number: int, per_origin: int, per_call: int) -> None:
        """One more of `what`, with that number."""
        budgets = [Budget(what, f"call {origin_of(self._call)}", per_call)]
        budgets += [Budget(what, origin, per_origin) for origin in origins_of(self._call)]
        await self._spend([*budgets, *self._of_number(what, phone, per_number)])

    async def change(self, what: str, phone: str, *, per_number: int) -> None:
        """The same with another number."""
        await self._spend(list(self._of_number(what, phone, per_number)))

    def _of_number(self, what: str, phone: str | None, most: int) -> Iterator[Budget]:
        if phone:
            yield Budget(what, f"to {phone}", most)

    async def _spend(self, budgets: list[Budget]) -> None:
        try:
            await self._purse.spend(budgets)
        except SpentError as error:
            raise ToolError(NO_MORE) from error
