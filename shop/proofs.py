"""Proofs of who somebody is: what they give is tried against the customers, and counted where it fails.

It is counted in two grades, each for itself: two details, and more than two (all three, or a call from the number on
file). Whoever walks order numbers with a known postcode locks the first door only; the customer gets in by the second.
All tries at one account are counted together with those that name its postcode, or naming one order after another and
one postcode after another would add up.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy.ext.asyncio import AsyncSession

from shop import customers, sign_ins
from shop.customers import Details, written
from shop.models import Customer
from shop.sign_ins import Identity
from shop.tries import Counter, Verdict, judge
from switchboard.pseudonyms import Pseudonyms


class Grade(StrEnum):
    """How much somebody brings."""

    TWO = "two"
    MORE = "more"
    CODE = "code"
    """They ask for a code: counted for itself, or it would be no way out of the other two."""


@dataclass(frozen=True)
class Asker:
    """Who wants to be verified: where they come from, each with its kind; the number they call from; who signed in."""

    origins: tuple[tuple[str, str], ...]
    phone: str | None = None
    identity: Identity | None = None


class Desk:
    """Where one caller is looked at, within a transaction of `session`."""

    def __init__(self, session: AsyncSession, pseudonyms: Pseudonyms, asker: Asker, now: datetime) -> None:
        self._session = session
        self._pseudonyms = pseudonyms
        self._asker = asker
        self._now = now

    async def try_details(self, details: Details) -> tuple[Customer | None, Verdict]:
        """The customer whom the details prove, if they may be tried now; and what became of the try."""
        named = await customers.named_by(self._session, details)
        customer = await self._whom(details, named)
        grade = Grade.MORE if details.order_number is not None and details.email else Grade.TWO
        verdict = await self._judged(details, named, customer, grade)
        if grade is Grade.TWO and not verdict.judged and self._is_at_home(named):
            verdict = await self._second_door(verdict, details, named, customer)
        if customer is None or not verdict.passed:
            return None, verdict
        await self.welcome(customer)
        return customer, verdict

    async def whose(self, details: Details) -> Customer | None:
        """Whom the details prove, without a try: only for what tells the caller nothing."""
        return await self._whom(details, await customers.named_by(self._session, details))

    async def welcome(self, customer: Customer) -> None:
        """They are who they say; whoever has signed in is nobody else from now on."""
        await sign_ins.bind(self._session, self._asker.identity, customer)

    async def _whom(self, details: Details, named: Sequence[Customer | None]) -> Customer | None:
        customer = customers.whom(details, named)
        identity = self._asker.identity
        is_theirs = customer and await sign_ins.may_be(self._session, self._pseudonyms, identity, customer)
        return customer if is_theirs else None

    async def try_email(self, customer: Customer, email: str) -> Verdict:
        """What becomes of an address that a customer who is known already is to have."""
        counters = [
            _counter(self._pseudonyms, Grade.MORE, "e-mail", email.lower()),
            _counter(self._pseudonyms, Grade.MORE, "account", written(customer.postcode), quiet=True),
            *self._origins(Grade.MORE),
        ]
        return await judge(self._session, counters, right=customer.email == email.lower(), now=self._now)

    async def ask_for_code(self, customer: Customer | None) -> Verdict:
        """Whether a code may be sent: each one that is asked for counts like a failure, whoever it is for."""
        home = [written(customer.postcode)] if customer else []
        accounts = [_counter(self._pseudonyms, Grade.CODE, "account", each, quiet=True) for each in home]
        return await judge(self._session, [*self._origins(Grade.CODE), *accounts], right=False, now=self._now)

    async def _second_door(
        self, first: Verdict, details: Details, named: Sequence[Customer | None], customer: Customer | None
    ) -> Verdict:
        """Tried in silence: whoever fails is told what the first door told, or they would learn whose number it is."""
        second = await self._judged(details, named, customer, Grade.MORE)
        return second if second.passed else replace(first, newly_held=first.newly_held + second.newly_held)

    async def _judged(
        self, details: Details, named: Sequence[Customer | None], customer: Customer | None, grade: Grade
    ) -> Verdict:
        counters = [*targets(self._pseudonyms, grade, details, named), *self._origins(grade)]
        return await judge(self._session, counters, right=customer is not None, now=self._now)

    def _origins(self, grade: Grade) -> Iterator[Counter]:
        for kind, value in self._asker.origins:
            yield origin(self._pseudonyms, grade, kind, value)

    def _is_at_home(self, named: Sequence[Customer | None]) -> bool:
        return self._asker.phone in {each.phone for each in named if each}


def targets(
    pseudonyms: Pseudonyms, grade: Grade, details: Details, named: Sequence[Customer | None]
) -> Iterator[Counter]:
    """What a try of that grade is aimed at: what was named, and the accounts behind it."""
    homes = {written(each) for each in (details.postcode, *(customer.postcode for customer in named if customer))}
    yield _counter(pseudonyms, grade, "postcode", written(details.postcode))
    if details.order_number is not None:
        yield _counter(pseudonyms, grade, "order", details.order_number)
    if details.email:
        yield _counter(pseudonyms, grade, "e-mail", details.email.lower())
    for home in homes:
        yield _counter(pseudonyms, grade, "account", home, quiet=True)


def origin(pseudonyms: Pseudonyms, grade: Grade, kind: str, value: str) -> Counter:
    """What a try of that grade is counted under for where it comes from."""
    return _counter(pseudonyms, grade, kind, value)


def _counter(pseudonyms: Pseudonyms, grade: Grade, kind: str, value: object, *, quiet: bool = False) -> Counter:
    return Counter(kind, pseudonyms.of(f"{grade} {kind}", value), quiet)
