"""What a change can break in prompts, tools, edges and the engine: each such fault makes a scenario fail."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

import pytest
from livekit.agents import ToolError
from sqlalchemy import select

import switchboard.conversation
from agents.escalation import Escalation
from agents.greeter import Greeter
from agents.support import Support
from app.rehearsals import plays_of
from rehearsal.house import House
from shop import callbacks, customers, orders, returns
from shop.codes import Codes
from shop.knowledge import Knowledge
from shop.models import Customer, Order
from shop.post import Outbox
from switchboard.call import witness
from switchboard.call.ending import Ending
from switchboard.call.handoff import Handoffs
from switchboard.ledger.events import EndReason
from switchboard.ledger.mask import Mask
from switchboard.ledger.prices import Cost, Prices
from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import Handoff, Workflow
from tools import access, hearing, knowledge, tickets
from tools import returns as return_tools
from tools.case import Case
from workflows.support_line import SUPPORT_LINE

PLAYS = {play.file.stem: play for play in plays_of(SUPPORT_LINE)}
Patch = pytest.MonkeyPatch
Break = Callable[[Patch], None]


def prompt_without(agent: type[VoiceAgent], words: str) -> Break:
    """The sentence with these words is gone from the agent's prompt."""
    text = agent.prompt()
    assert words in text
    return lambda patch: patch.setattr(agent, "prompt", classmethod(lambda cls: text.replace(words, "")))


def toolbox_without(agent: type[VoiceAgent], name: str) -> Break:
    """The agent has lost a tool."""
    left = tuple(tool for tool in agent.toolbox if tool.info.name != name)  # type: ignore[attr-defined]
    assert len(left) == len(agent.toolbox) - 1
    return lambda patch: patch.setattr(agent, "toolbox", left)


def edge_gone(source: type[VoiceAgent], target: type[VoiceAgent]) -> Break:
    """An agent cannot hand over to another one any more."""
    edges = Workflow.edges

    def fewer(self: Workflow, agent: type[VoiceAgent]) -> tuple[Handoff, ...]:
        return tuple(edge for edge in edges(self, agent) if (agent, edge.target) != (source, target))

    return lambda patch: patch.setattr(Workflow, "edges", fewer)


def replaced(owner: Any, name: str, value: Any) -> Break:
    """Something does something else."""
    return lambda patch: patch.setattr(owner, name, value)


async def _anybodys(session: Any, account: Any, number: int, **_: Any) -> Order:
    order: Order = await session.scalar(select(Order).where(Order.number == number))
    return order


async def _only_said(session: Any, account: Any, number: int, **_: Any) -> Order:
    return await orders.find(session, account, number)


def _first(details: Any, named: Any) -> Any:
    return next((customer for customer in named if customer), None)


async def _any_code(self: Codes, code: str) -> Any:
    return await self._session.get(Customer, 1)


async def _confirms_anybody(call: Any, email: str) -> Any:
    call.caller.verified = replace(call.caller.verified, strength="write")
    return call.caller.verified


def _other_line(lines: Any, item: str) -> Any:
    return lines[-1:]


async def _at_another_number(session: Any, account: Any, slot: int, *, phone: str, **rest: Any) -> Any:
    return await _book(session, account, slot, phone="+442079460000", **rest)


def _left(self: Ending, reason: EndReason) -> None:
    _finish(self, "caller_left")


_book = callbacks.book
_finish = Ending.finish
_of = Prices.of


def _ten_times(self: Prices, events: Any) -> Cost:
    cost = _of(self, events)
    return replace(cost, amounts={currency: 10 * amount for currency, amount in cost.amounts.items()})


FAULTS: Mapping[str, tuple[str, Break]] = {
    # Prompts
    "support is not told of the second proof": (
        "cancel_with_proof",
        prompt_without(Support, "`confirm_caller`"),
    ),
    "support is not told of codes": ("cancel_with_a_code", prompt_without(Support, "`send_code`")),
    "support may say which part was wrong": (
        "wrong_postcode_three_times",
        prompt_without(Support, "Never say which part was wrong."),
    ),
    "support may cancel without a yes": ("caller_does_not_cancel", prompt_without(Support, " only after a clear yes")),
    "the greeter is not told of escalation": (
        "asks_for_a_person",
        prompt_without(Greeter, "`transfer_to_escalation`"),
    ),
    "the greeter may answer from memory": (
        "not_in_the_documents",
        prompt_without(Greeter, "Never answer such a question from memory."),
    ),
    "escalation is not told of briefings": ("urgent_ticket", prompt_without(Escalation, "`write_briefing`")),
    # Tools
    "an agent has lost a tool": ("cancel_with_a_code", toolbox_without(Support, "send_code")),
    "the greeter cannot look anything up": ("opening_hours", toolbox_without(Greeter, "search_knowledge")),
    "any postcode will do": ("wrong_postcode_three_times", replaced(customers, "whom", _first)),
    "any e-mail address will do": ("wrong_email_for_a_change", replaced(access, "confirm_email", _confirms_anybody)),
    "any code will do": ("wrong_code", replaced(Codes, "use", _any_code)),
    "codes are not sent": ("cancel_with_a_code", replaced(Outbox, "send", lambda *_: None)),
    "orders of others are told": ("somebody_elses_order", replaced(orders, "find", _anybodys)),
    "an order is only said to be cancelled": ("cancel_with_proof", replaced(orders, "cancel", _only_said)),
    "another item is returned": ("return_one_of_two", replaced(returns, "choose", _other_line)),
    "a return is refused after a day": ("return_a_lamp", replaced(returns, "RETURN_DAYS", 1)),
    "a postcode is not understood": ("order_on_its_way", replaced(hearing, "postcode", lambda said: None)),
    "the number that calls is not used": (
        "ticket_to_the_number_that_calls",
        replaced(tickets, "is_called_back", lambda *_: False),
    ),
    "a callback goes to another number": ("callback_is_booked", replaced(callbacks, "book", _at_another_number)),
    "a ticket has no briefing": ("urgent_ticket", replaced(Case, "briefing_text", lambda *_: None)),
    "documents are read as they are written": ("delivery_cost", replaced(knowledge, "speakable", lambda text: text)),
    "the documents are lost": ("returns_policy", replaced(Knowledge, "search", lambda *_: None)),
    "a tool fails in itself": ("return_a_lamp", replaced(return_tools, "money", lambda *_: 1 / 0)),
    # Edges
    "the greeter cannot reach escalation": ("asks_for_a_person", edge_gone(Greeter, Escalation)),
    "escalation keeps its callers": ("back_from_escalation", edge_gone(Escalation, Support)),
    "nobody goes back to the greeter": ("back_to_the_front_desk", edge_gone(Support, Greeter)),
    "a call has no budget of handoffs": (
        "order_on_its_way",
        replaced(Handoffs, "_refuse_passing_around", lambda *_: (_ for _ in ()).throw(ToolError("No."))),
    ),
    # The engine
    "an end has another reason": ("goodbye_at_once", replaced(Ending, "finish", _left)),
    "a chain of tools ends too soon": (
        "two_things_at_once",
        replaced(switchboard.conversation, "MAX_TOOL_STEPS", 1),
    ),
    "what is typed on a keypad is kept": ("order_number_by_keypad", replaced(Mask, "hide", lambda *_: None)),
    "what a tool refuses is not written": ("wrong_postcode_three_times", replaced(witness, "refusal", lambda text: "")),
    "everything costs ten times as much": ("what_a_call_costs", replaced(Prices, "of", _ten_times)),
}


@pytest.mark.parametrize("fault", FAULTS)
async def test_a_deliberate_fault_makes_a_scenario_fail(fault: str, house: House, monkeypatch: Patch) -> None:
    name, breaks = FAULTS[fault]
    breaks(monkeypatch)

    try:
        verdict = await house.play(PLAYS[name], seed=0)
    finally:
        vars(SUPPORT_LINE).pop("versions", None)  # made once, and not with a fault in it

    assert verdict.misses
