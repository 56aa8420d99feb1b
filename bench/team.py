"""A line of three agents, for measuring: their words and tools, which the stock ways use too, and the line itself."""

from functools import cache
from typing import ClassVar

from livekit.agents import function_tool

from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import Workflow

ORDER_FOUND = "Order {number} was shipped on Monday and is at the depot. It will be delivered tomorrow before noon."
TICKET_OPENED = "A ticket is open, and it says: {problem} Somebody will look at it today."

GREETER = """\
You are the first whom the caller meets. Find out in one or two questions what they want.
For an order, a delivery, a return or a refund call `transfer_to_support`.
When the caller is upset or asks for a person, call `transfer_to_escalation`.
Answer questions about opening hours yourself: weekdays from nine to six, Saturdays from ten to two."""
SUPPORT = """\
You answer questions about orders. Look an order up with `find_order` before you say anything about it, and tell the
caller where it is and when it comes. Open a ticket with `open_ticket` when something has to be looked into.
When the caller wants something that is not about an order, call `transfer_to_greeter`.
When the caller is upset, or when you cannot decide what they ask for, call `transfer_to_escalation`."""
ESCALATION = """\
You listen to callers who are upset or stuck. Let them finish, say in your own words what went wrong, and offer one
thing that you can do: look the order up with `find_order`, or open a ticket with `open_ticket`.
When the caller is calm and asks about an order again, call `transfer_to_support`; for anything else
call `transfer_to_greeter`."""


@function_tool
async def find_order(order_number: str) -> str:
    """Find an order and where it is.

    Args:
        order_number: Five digits.
    """
    return ORDER_FOUND.format(number=order_number)


@function_tool
async def open_ticket(problem: str) -> str:
    """Open a ticket, so that somebody looks into the caller's problem.

    Args:
        problem: What went wrong, in one sentence.
    """
    return TICKET_OPENED.format(problem=problem)


class Colleague(VoiceAgent):
    """An agent whose words stand in this file."""

    words: ClassVar[str]

    @classmethod
    @cache
    def prompt(cls) -> str:
        """The agent's words."""
        return cls.words


class Greeter(Colleague):
    """Finds out what the caller wants."""

    purpose = "The caller has something new, or something that is not about an order."
    opening = "Greet the caller and ask what you can do for them."
    words = GREETER


class Support(Colleague):
    """Answers questions about orders."""

    purpose = "The caller asks about an order, a delivery, a return or a refund."
    opening = "Pick up where the conversation stands. If no order is known yet, ask for its number."
    toolbox = (find_order, open_ticket)
    words = SUPPORT


class Escalation(Colleague):
    """Listens to the upset caller."""

    purpose = "The caller is upset, or asks for a person."
    opening = "Say that you have heard what happened, and ask what would help."
    toolbox = (find_order, open_ticket)
    words = ESCALATION


LINE = Workflow(
    name="bench",
    start=Greeter,
    handoffs={Greeter: (Support, Escalation), Support: (Greeter, Escalation), Escalation: (Support, Greeter)},
    discloses_automation=False,
    max_handoffs=1_000_000,
)
