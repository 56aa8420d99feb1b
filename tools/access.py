"""Who may see account data: the one place that turns a verified caller into an `Account`.

Everything in `shop/` that reads or changes a customer's data takes an `Account`, so a tool that forgets to ask here has
nothing to call it with.
"""

from collections.abc import Iterator
from typing import Any

import structlog
from livekit.agents import ToolError

from shop.customers import Account, Details
from shop.proofs import Asker, Desk
from shop.tries import FREE
from switchboard.call.call import Call, Verified
from switchboard.ledger.events import VerificationHeld
from tools import clock, hearing

log = structlog.get_logger("verification")

MAX_TRIES = FREE

UNVERIFIED = (
    "The caller is not verified, so nothing of an account may be said. Ask for an order number and the postcode of the "
    "account, or for the e-mail address and the postcode, and call `verify_caller`."
)
NO_MATCH = (
    "These details do not match an account. Say that you could not find a match, do not say which part is wrong, ask "
    "for both again, slowly, and call `verify_caller`."
)
LOCKED = (
    "The caller could not be verified, and there are no more tries with these details for now. Say so kindly, give no "
    "account data, and offer to try with all three, order number, postcode and e-mail address, a ticket, a callback "
    "from a colleague, or help with a general question."
)


def account_of(call: Call[Any]) -> Account:
    """The verified caller's account. Raises a ToolError that asks for verification, or ends the attempts at it."""
    account = account_if_verified(call)
    if account is None:
        raise ToolError(LOCKED if call.caller.turned_away else UNVERIFIED)
    return account


def account_if_verified(call: Call[Any]) -> Account | None:
    """The same for a tool that serves strangers too."""
    verified = call.caller.verified
    return Account(int(verified.account)) if verified else None


async def verify(call: Call[Any], *, postcode: str, order_number: int | None, email: str | None) -> Verified:
    """Check what the caller gave and remember who they are. Raises a ToolError when it fails or may not be tried."""
    details = Details(postcode, order_number, email)
    async with call.database.write() as session:
        desk = Desk(session, call.database.pseudonyms, _asker(call), clock.now())
        customer, verdict = await desk.try_details(details)
    if verdict.newly_held:
        _alert(call, verdict.newly_held)
    if customer is None:
        call.caller.turned_away = verdict.held
        raise ToolError(LOCKED if verdict.held else NO_MATCH)
    by = "order number and postcode" if order_number is not None else "e-mail and postcode"
    call.caller.verified = Verified(account=str(customer.id), name=customer.name, by=by)
    call.caller.turned_away = False
    return call.caller.verified


def _asker(call: Call[Any]) -> Asker:
    return Asker(tuple(_origins(call)), hearing.phone(call.caller.number or ""))


def _origins(call: Call[Any]) -> Iterator[tuple[str, str]]:
    # The first call of those that go on from one another: coming back is no way to more tries.
    yield "call", call.origin or call.id
    if call.caller.number:
        yield "number", hearing.phone(call.caller.number) or call.caller.number


def _alert(call: Call[Any], kinds: tuple[str, ...]) -> None:
    """Somebody has to see it, and nobody has to read whose it is."""
    log.warning("verification is held back after failed tries", held=kinds)
    call.ledger.write(VerificationHeld(held=kinds))
