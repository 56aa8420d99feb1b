"""The stage's tools answer as the real ones do: what the playbook makes of both is the same."""

import re
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import ToolError

from shop.demo import AMELIA, DANIEL, PRIYA, DemoCustomer
from simulator.playbook_format import Book
from simulator.strict_yaml import Document
from switchboard.database import Database
from tests.shop.rows import NOW
from tests.tools.phone import Ctx, known, ring
from tests.workflows.stage import TOOLBOXES, World
from tools import clock
from tools.briefing import write_briefing
from tools.callbacks import book_callback, list_callback_slots
from tools.knowledge import search_knowledge
from tools.orders import cancel_order, find_order, list_recent_orders
from tools.returns import start_return
from tools.tickets import open_ticket, open_urgent_ticket
from tools.verification import confirm_caller, send_code, verify_caller
from workflows.support_line import SUPPORT_LINE

REAL: Mapping[str, Callable[..., Awaitable[str]]] = {
    tool.info.name: tool
    for tool in (
        *(verify_caller, find_order, list_recent_orders, cancel_order, start_return, open_ticket, open_urgent_ticket),
        *(confirm_caller, send_code, search_knowledge, list_callback_slots, book_callback, write_briefing),
    )
}
ORDER, REASON = {"order_number": "10154"}, {"reason": "too big"}
CASES: list[tuple[str, DemoCustomer | None, Mapping[str, str]]] = [
    ("verify_caller", None, {"postcode": "SW1A 2AA", "order_number": "10042"}),
    ("verify_caller", None, {"postcode": "N1 9GU", "order_number": "10042"}),
    ("confirm_caller", None, {"email": "nobody@example.com"}),
    ("confirm_caller", None, {"code": "000000"}),
    ("confirm_caller", AMELIA, {"email": "nobody@example.com"}),
    ("send_code", None, {"postcode": "N1 9GU", "order_number": "10042"}),
    ("find_order", None, ORDER),
    ("find_order", AMELIA, {"order_number": "10042"}),
    ("find_order", DANIEL, ORDER),
    ("find_order", PRIYA, {"order_number": "10160"}),
    ("find_order", AMELIA, {"order_number": "19999"}),
    ("list_recent_orders", None, {}),
    ("list_recent_orders", AMELIA, {}),
    ("cancel_order", AMELIA, {"order_number": "10042"}),
    ("start_return", DANIEL, ORDER | REASON),
    ("start_return", DANIEL, ORDER | REASON | {"item": "the vase"}),
    ("start_return", AMELIA, {"order_number": "19999"} | REASON),
    ("open_ticket", None, {"summary": "It broke."}),
    ("open_ticket", AMELIA, {"summary": "It broke."}),
    ("open_urgent_ticket", AMELIA, {"summary": "It broke."}),
    ("search_knowledge", None, {"question": "can I return something?"}),
    ("search_knowledge", None, {"question": "what is the wifi password"}),
    ("list_callback_slots", None, {}),
    ("book_callback", None, {"slot": "first", "topic": "a sofa"}),
    ("book_callback", AMELIA, {"slot": "first", "topic": "a sofa"}),
    ("write_briefing", None, {"problem": "It broke.", "wish": "A new one.", "tried": ""}),
]


@pytest.fixture(autouse=True)
def _the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


@pytest.fixture(scope="module")
def book() -> Book:
    assert isinstance(SUPPORT_LINE.playbook, Path)
    return Document(SUPPORT_LINE.playbook.read_text()).read(Book)


def reading(book: Book, tool: str, output: str) -> re.Pattern[str] | None:
    """The pattern by which the playbook takes what a tool returned."""
    notes = book.tools.get(tool)
    fitting = (rule.match for rule in (notes.after if notes else ()) if rule.match.search(output))
    return next(fitting, None)


async def returned(tool: str, ctx: Ctx, arguments: Mapping[str, Any]) -> str:
    try:
        return await REAL[tool](ctx, **arguments)
    except ToolError as error:
        return error.message


@pytest.mark.parametrize("make_url", ["sqlite"], indirect=True)
@pytest.mark.parametrize(("tool", "customer", "arguments"), CASES)
async def test_a_tool_of_the_stage_is_read_as_the_real_one(
    book: Book, seeded: Database, tool: str, customer: DemoCustomer | None, arguments: Mapping[str, str]
) -> None:
    is_known = customer is not None
    ctx = await known(seeded, customer) if customer else ring(seeded)
    real = await returned(tool, ctx, arguments)
    acted = World(verified=is_known, proved=is_known, phone=is_known).run(tool, arguments)
    assert reading(book, tool, real) == reading(book, tool, acted), (real, acted)


def test_every_tool_of_the_agents_is_among_the_real_ones() -> None:
    own = {name for tools in TOOLBOXES.values() for name in tools if not name.startswith("transfer_to_")}
    assert own == {*REAL, "end_call"}


def test_every_tool_of_the_workflow_is_on_the_stage() -> None:
    for agent in SUPPORT_LINE.agents:
        assert set(TOOLBOXES[agent.name()]) == SUPPORT_LINE.tool_names(agent)
