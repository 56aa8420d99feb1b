"""Who may see account data: the one place that turns a verified caller into an `Account`.

Everything in `shop/` that reads or changes a customer's data takes an `Account`, so a tool that forgets to ask here has
nothing to call it with.
"""

from typing import Any

from livekit.agents import ToolError

from shop import customers
from shop.customers import Account
from switchboard.call.call import Call, Verified

MAX_TRIES = 3

UNVERIFIED = (
    "The caller is not verified, so nothing of an account may be said. Ask for an order number and the postcode of the "
    "account, or for the e-mail address and the postcode, and call `verify_caller`."
)
NO_MATCH = (
    "These details do not match an account. Say that you could not find a match, do not say which part is wrong, ask "
    "for both again, slowly, and call `verify_caller`."
)
LOCKED = (
    "The caller could not be verified, and there are no more tries in this call. Say so kindly, give no account data, "
    "and offer a ticket, a callback from a colleague, or help with a general question."
)


def account_of(call: Call[Any]) -> Account:
    """The verified caller's account. Raises a ToolError that asks for verification, or ends the attempts at it."""
    account = account_if_verified(call)
    if account is None:
        raise ToolError(LOCKED if is_locked(call) else UNVERIFIED)
    return account


def account_if_verified(call: Call[Any]) -> Account | None:
    """The same for a tool that serves strangers too."""
    verified = call.caller.verified
    return Account(int(verified.account)) if verified else None


def is_locked(call: Call[Any]) -> bool:
    """Whether this call has no tries at verification left."""
    return call.caller.failed_verifications >= MAX_TRIES


async def verify(call: Call[Any], *, postcode: str, order_number: int | None, email: str | None) -> Verified:
    """Check what the caller gave and remember who they are. Raises a ToolError when it fails or may not be tried."""
    if is_locked(call):
        raise ToolError(LOCKED)
    # Counted before the look-up, or tries that are made at once would all be free.
    call.caller.failed_verifications += 1
    async with call.database.read() as session:
        customer = await customers.identify(session, postcode=postcode, order_number=order_number, email=email)
    if customer is None:
        raise ToolError(LOCKED if is_locked(call) else NO_MATCH)
    call.caller.failed_verifications -= 1
    by = "order number and postcode" if order_number is not None else "e-mail and postcode"
    call.caller.verified = Verified(account=str(customer.id), name=customer.name, by=by)
    return call.caller.verified
