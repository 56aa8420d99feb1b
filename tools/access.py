"""Who may see account data: the one place that turns a verified caller into an `Account`.

Everything in `shop/` that reads or changes a customer's data takes an `Account`, so a tool that forgets to ask here has
nothing to call it with.
"""

from collections.abc import Iterator
from typing import Any

import structlog
from livekit.agents import ToolError
from sqlalchemy.ext.asyncio import AsyncSession

from shop import customers
from shop.codes import Codes
from shop.customers import Account, Details
from shop.models import Customer
from shop.post import OUTBOX, Post
from shop.proofs import Asker, Desk
from shop.sign_ins import Identity
from shop.tries import FREE, Verdict
from switchboard.call.call import Call, Verified
from switchboard.ledger.events import VerificationHeld
from tools import clock, hearing

log = structlog.get_logger("verification")

MAX_TRIES = FREE

POST: Post = OUTBOX
"""What brings codes to customers."""

BY_ORDER, BY_EMAIL, BY_ALL = "order number and postcode", "e-mail and postcode", "order number, postcode and e-mail"
BY_CODE = "a code sent to the address on file"

UNVERIFIED = (
    "The caller is not verified, so nothing of an account may be said. Ask for an order number and the postcode of the "
    "account, or for the e-mail address and the postcode, and call `verify_caller`."
)
NO_MATCH = (
    "These details do not match an account. Say that you could not find a match, do not say which part is wrong, ask "
    "for both again, slowly, or for order number, postcode and e-mail address together, and call `verify_caller`."
)
LOCKED = (
    "The caller could not be verified, and there are no more tries with these details for now. Say so kindly, give no "
    "account data, and offer to try with all three, order number, postcode and e-mail address, or with a code that "
    "`send_code` sends to the e-mail address of the account; or a ticket, a callback from a colleague, or help with a "
    "general question."
)
UNPROVEN = (
    "Nothing is changed yet: a change needs one more proof. Ask for the e-mail address of the account and call "
    "`confirm_caller` with it, then call this tool again. A caller who does not know it can have a code: `send_code`."
)
CODE_WANTED = (
    "That is right, but not enough for a change to this account. Say that you send a code to that address, call "
    "`send_code`, ask for the code, and call `confirm_caller` with it."
)
EMAIL_WRONG = (
    "That is not the e-mail address of the account. Ask for it again, letter by letter, and call `confirm_caller`, or "
    "offer a code, with `send_code`."
)
EMAIL_HELD = (
    "That is not the e-mail address of the account, and there are no more tries with one for now. Say so kindly, and "
    "offer a code, with `send_code`, a ticket, or a callback from a colleague."
)
CODE_WRONG = (
    "That code is not right, or not good any more. Ask for it again, digit by digit, and call `confirm_caller`, or "
    "offer a new one, with `send_code`."
)
NO_MORE_CODES = "No more codes are sent for now. Say so kindly, and offer a ticket, or a callback from a colleague."


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


def account_to_change(call: Call[Any]) -> Account:
    """The account of a caller who has proved enough to change it. Raises a ToolError that asks for what is missing."""
    account = account_of(call)
    if call.caller.verified is None or call.caller.verified.strength != "write":
        raise ToolError(UNPROVEN)
    return account


async def verify(call: Call[Any], *, postcode: str, order_number: int | None, email: str | None) -> Verified:
    """Check what the caller gave and remember who they are. Raises a ToolError when it fails or may not be tried."""
    by = BY_ALL if order_number is not None and email else BY_ORDER if order_number is not None else BY_EMAIL
    async with call.database.write() as session:
        customer, verdict = await _desk(call, session).try_details(Details(postcode, order_number, email))
        if customer and by == BY_EMAIL:
            by = _by_email(call, customer)
    _alert(call, verdict)
    if customer is None:
        call.caller.turned_away = verdict.held
        raise ToolError(LOCKED if verdict.held else NO_MATCH)
    return _remember(call, customer, by)


def _by_email(call: Call[Any], customer: Customer) -> str:
    """What an e-mail address proves to somebody who has proved an order number before, or who will be told some now."""
    before = call.caller.verified
    if before and (before.account, before.by) == (str(customer.id), BY_ORDER):
        return BY_ALL
    customer.numbers_told = True
    return BY_EMAIL


async def confirm_email(call: Call[Any], email: str) -> Verified:
    """Check the address of a verified caller. Raises a ToolError when it is wrong, not enough, or may not be tried."""
    account = account_of(call)
    async with call.database.write() as session:
        customer = await customers.get(session, account)
        verdict = await _desk(call, session).try_email(customer, email)
    _alert(call, verdict)
    if not verdict.passed:
        raise ToolError(EMAIL_HELD if verdict.held else EMAIL_WRONG)
    proved = _remember(call, customer, BY_ALL)
    if proved.strength != "write":
        raise ToolError(CODE_WANTED)
    return proved


async def send_code(call: Call[Any], details: Details | None) -> None:
    """Send a code to the verified caller's address, or to that of the account that the details prove, if they do.

    Nobody learns whether they did. Raises a ToolError when too many codes were asked for.
    """
    async with call.database.write() as session:
        desk = _desk(call, session)
        customer = await _customer_of(call, session) or (await desk.whose(details) if details else None)
        verdict = await desk.ask_for_code(customer)
        receiver = customer if verdict.judged else None
        code = await _codes(call, session).make(receiver)
    _alert(call, verdict)
    if verdict.held and not verdict.judged:
        raise ToolError(NO_MORE_CODES)
    if receiver:
        try:
            POST.send(receiver.email, code)
        except OSError as error:
            log.error("a code could not be sent", error=type(error).__name__)


async def confirm_code(call: Call[Any], code: str) -> Verified:
    """Check a code that was sent. Raises a ToolError when it is wrong."""
    async with call.database.write() as session:
        customer = await _codes(call, session).use(code)
        if customer:
            await _desk(call, session).welcome(customer)
    if customer is None:
        raise ToolError(CODE_WRONG)
    return _remember(call, customer, BY_CODE)


async def _customer_of(call: Call[Any], session: AsyncSession) -> Customer | None:
    account = account_if_verified(call)
    return await customers.get(session, account) if account else None


def _remember(call: Call[Any], customer: Customer, by: str) -> Verified:
    """Who they are now; what was proved before is not lost to less."""
    enough = by == BY_CODE or (by == BY_ALL and not customer.numbers_told)
    proved, before = Verified(str(customer.id), customer.name, by, "write" if enough else "read"), call.caller.verified
    if before is None or before.account != proved.account or before.strength == "read":
        call.caller.verified = proved
    call.caller.turned_away = False
    return call.caller.verified or proved


def _desk(call: Call[Any], session: AsyncSession) -> Desk:
    source = call.caller.source
    identity = Identity(source.identity, source.account) if source.identity else None
    asker = Asker(tuple(_origins(call)), hearing.phone(call.caller.number or ""), identity)
    return Desk(session, call.database.pseudonyms, asker, clock.now())


def _codes(call: Call[Any], session: AsyncSession) -> Codes:
    return Codes(session, call.database.pseudonyms, call.origin or call.id, clock.now())


def _origins(call: Call[Any]) -> Iterator[tuple[str, str]]:
    # The first call of those that go on from one another: coming back is no way to more tries.
    yield "call", call.origin or call.id
    number = call.caller.number or ""
    if any(sign.isdigit() for sign in number):  # "anonymous" is nobody's, and would be everybody's
        yield "number", hearing.phone(number) or number
    if call.caller.source.address:
        yield "address", call.caller.source.address
    if call.caller.source.identity:
        yield "identity", call.caller.source.identity


def _alert(call: Call[Any], verdict: Verdict) -> None:
    """Somebody has to see what is held, and nobody has to read whose it is."""
    if verdict.newly_held:
        log.warning("verification is held back after failed tries", held=verdict.newly_held)
        call.ledger.write(VerificationHeld(held=verdict.newly_held))
