"""Codes that prove who somebody is: sent to the address on file, good for a few minutes, in the call that asked."""

import secrets
from datetime import datetime, timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from shop.models import Customer, VerificationCode
from switchboard.pseudonyms import Pseudonyms

GOOD_FOR = timedelta(minutes=10)
TRIES = 2


class Codes:
    """The code of one call, `call` by the name that it has in common with those that it goes on from."""

    def __init__(self, session: AsyncSession, pseudonyms: Pseudonyms, call: str, now: datetime) -> None:
        self._session = session
        self._pseudonyms = pseudonyms
        self._key = self.name(pseudonyms, call)
        self._now = now

    @staticmethod
    def name(pseudonyms: Pseudonyms, call: str) -> str:
        """What stands in the table for the call."""
        return pseudonyms.of("code's call", call)

    async def make(self, customer: Customer | None) -> str:
        """A new code, in place of an earlier one; one that is for nobody proves nothing, and looks the same."""
        await self._session.execute(delete(VerificationCode).where(VerificationCode.expires_at <= self._now))
        code = f"{secrets.randbelow(10**6):06}"
        await self._session.merge(
            VerificationCode(
                call=self._key,
                customer_id=customer.id if customer else None,
                digest=self._digest(code),
                tries_left=TRIES,
                expires_at=self._now + GOOD_FOR,
            )
        )
        return code

    async def use(self, code: str) -> Customer | None:
        """The customer who got this code. It is good once, and for nobody after a few wrong ones."""
        sent = await self._session.get(VerificationCode, self._key, with_for_update=True)
        if sent is None or sent.expires_at <= self._now:
            return None
        right = secrets.compare_digest(sent.digest, self._digest(code))
        sent.tries_left -= 1
        if right or sent.tries_left == 0:
            await self._session.delete(sent)
        return await self._session.get(Customer, sent.customer_id) if right and sent.customer_id else None

    def _digest(self, code: str) -> str:
        return self._pseudonyms.of("code", f"{self._key} {code}")
