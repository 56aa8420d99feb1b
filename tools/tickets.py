"""Leaving something for a colleague to look into."""

from livekit.agents import RunContext, ToolError, function_tool
from sqlalchemy.ext.asyncio import AsyncSession

from shop import tickets
from shop.errors import OrderNotFoundError
from shop.models import Ticket, Urgency
from shop.once import by_key
from switchboard.call.call import Call
from switchboard.line.deeds import Deed, makes_true
from switchboard.line.shown import shows
from tools import clock, hearing
from tools.access import account_if_verified
from tools.case import Case
from tools.keys import key
from tools.limits import NOT_CALLED, Limits, is_called_back
from tools.orders import not_found

_OPENED = ("opened", "created", "made", "raised", "logged", "filed", "submitted", "put in", "set up")
_OPENING = ("opening", "creating", "raising", "logging", "filing", "submitting", "putting in", "setting up")
TICKET_OPEN = Deed(to="tickets?", done=_OPENED, doing=_OPENING, state=("open",))
URGENT_TICKET_OPEN = Deed(
    to="(?:urgent|priority|high-priority) tickets?", done=_OPENED, doing=_OPENING, state=("open",)
)
TICKETS = "tickets"
PHONE_MISSING = "Ask for a phone number at which a colleague can reach the caller, then call this tool again with it."


@function_tool
@makes_true(TICKET_OPEN)
@shows("Writing a ticket", done="Wrote a ticket", failed="Couldn’t write a ticket")
async def open_ticket(ctx: RunContext[Call[Case]], summary: str, order_number: str = "", phone: str = "") -> str:
    """Open a ticket: a colleague looks into it and answers within two working days.

    For anything that the other tools cannot settle. A caller who is not verified can leave one too, with a phone
    number.

    Args:
        summary: What is wrong and what the caller wants, in one or two sentences.
        order_number: The number of the order it is about, if it is about one.
        phone: The phone number to answer to. Needed when the caller is not verified.
    """
    ticket = await _open(ctx.userdata, "open_ticket", Urgency.NORMAL, summary, order_number, phone)
    return f"The ticket is open; its number is {ticket.number}. A colleague answers within two working days."


@function_tool
@makes_true(TICKET_OPEN, URGENT_TICKET_OPEN)
@shows("Alerting a senior colleague", done="Alerted a senior colleague", failed="Couldn’t reach a colleague")
async def open_urgent_ticket(ctx: RunContext[Call[Case]], summary: str, order_number: str = "", phone: str = "") -> str:
    """Open an urgent ticket: a senior colleague takes it first thing and answers within four working hours.

    Call `write_briefing` before it: the briefing goes with the ticket. A caller who is not verified can leave one
    too, with a phone number.

    Args:
        summary: What is wrong and what the caller wants, in one or two sentences.
        order_number: The number of the order it is about, if it is about one.
        phone: The phone number to answer to. Needed when the caller is not verified.
    """
    ticket = await _open(ctx.userdata, "open_urgent_ticket", Urgency.URGENT, summary, order_number, phone)
    return (
        f"The urgent ticket is open; its number is {ticket.number}. A senior colleague answers within four working "
        "hours."
    )


def phone_of(call: Call[Case], said: str) -> str | None:
    """The number that the caller gave, else the one they call from. Raises a ToolError for what is no number."""
    number = hearing.phone(said)
    if said.strip() and number is None:
        raise ToolError(
            "That is not a whole phone number. Ask for it again, digit by digit, then call this tool again."
        )
    if number and not is_called_back(number, call.desk):
        raise ToolError(NOT_CALLED)
    theirs = hearing.phone(call.caller.number or "")
    return number or (theirs if theirs and is_called_back(theirs, call.desk) else None)


async def _open(call: Call[Case], tool: str, urgency: Urgency, summary: str, order_number: str, phone: str) -> Ticket:
    if not summary.strip():
        raise ToolError("Ask what the ticket shall say, then call this tool again with a summary.")
    account, reach = account_if_verified(call), phone_of(call, phone)
    number = hearing.order_number(order_number)
    if account is None and reach is None:
        raise ToolError(PHONE_MISSING)
    request = key(call, tool, summary, number)
    try:
        async with call.database.write() as session:
            await _require_place(session, call, request, reach)
            ticket = await tickets.open_ticket(
                session,
                account,
                summary=summary if account else _strangers(summary, number),
                key=request,
                now=clock.now(),
                order_number=number if account else None,
                phone=reach,
                briefing=call.state.briefing_text(call.caller.standing),
                urgency=urgency,
            )
    except OrderNotFoundError as error:
        raise not_found(error) from error
    call.state.note("a ticket", f"Opened ticket {ticket.number}.", number if account else None)
    return ticket


async def _require_place(session: AsyncSession, call: Call[Case], request: str, reach: str | None) -> None:
    """One more ticket, if the request is not an earlier one."""
    limits, desk = Limits(session, call), call.desk
    await limits.one_at_a_time(TICKETS)
    if await by_key(session, Ticket, request) is None:
        await limits.spend(
            TICKETS,
            reach,
            per_number=desk.tickets_per_number,
            per_origin=desk.tickets_per_origin,
            per_call=desk.tickets_per_call,
        )


def _strangers(summary: str, number: int | None) -> str:
    # Kept as text, so that the answer is the same whether the order exists or not.
    return f"{summary} (Not verified{f'; says it is about order {number}' if number else ''}.)"
