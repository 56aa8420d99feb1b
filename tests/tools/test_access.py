import asyncio
import inspect
from collections.abc import Iterable
from types import SimpleNamespace
from typing import Any, cast

import pytest
import structlog
from livekit.agents import RunContext, ToolError, function_tool, llm
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from app.lines import LINES
from shop import tries
from shop.demo import AMELIA, DANIEL, DEMO_CUSTOMERS, ON_ITS_WAY, TOO_LATE
from shop.models import FailedTries
from switchboard.call.call import Call
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Event, VerificationHeld
from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import Workflow
from tests.tools.phone import PROOF, known, ring
from tools import access
from tools.case import Case
from tools.orders import cancel_order, find_order, list_recent_orders
from tools.returns import start_return
from tools.tickets import open_ticket
from tools.verification import verify_caller

# What a caller may use without saying who they are. None of it tells or changes anything of an account.
FOR_EVERYBODY = {
    "verify_caller",
    "send_code",
    "confirm_caller",  # by a code
    "search_knowledge",
    "open_ticket",
    "open_urgent_ticket",
    "list_callback_slots",
    "book_callback",
    "write_briefing",
}


def tools_of(lines: Iterable[Workflow]) -> dict[str, llm.FunctionTool[..., Any]]:
    """Every tool of every agent of `lines`, by name. One name for two tools would hide one of them."""
    every = {tool for line in lines for agent in line.agents for tool in agent.toolbox}
    found = {tool.info.name: tool for tool in every if isinstance(tool, llm.FunctionTool)}
    assert len(found) == len(every), "two tools of one name, or one that is no function tool"
    return found


TOOLS = tools_of([LINES["support-line"]])
WORDS = {
    "order_number": "10042",
    "postcode": "N1 9GU",
    "slot": "the first",
    "phone": "07700 900999",
    "question": "opening hours",
    "item": "",
    "day": "",
    "email": "",
}


class Untouchable:
    """A database that nobody may open."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("the database was asked before the caller was verified")


async def failures(database: Database) -> dict[str, int]:
    """How often each kind of target and origin was failed at; the most of each."""
    async with database.read() as session:
        rows = (await session.execute(select(FailedTries.kind, FailedTries.failures))).all()
    return {kind: max(count for other, count in rows if other == kind) for kind, _ in rows}


def arguments(tool: llm.FunctionTool[..., Any]) -> dict[str, str]:
    return {name: WORDS.get(name, "something") for name in list(inspect.signature(tool).parameters)[1:]}


def test_no_two_tools_of_all_lines_have_one_name() -> None:
    assert set(tools_of(LINES.values())) > set(TOOLS)


def test_every_tool_of_every_agent_is_among_those_tested_here() -> None:
    assert set(TOOLS) >= FOR_EVERYBODY
    assert {"find_order", "list_recent_orders", "start_return", "cancel_order"} == set(TOOLS) - FOR_EVERYBODY


def test_the_tools_of_a_new_agent_are_among_them() -> None:
    @function_tool
    async def read_diary(ctx: RunContext[Call[Case]]) -> str:
        """Read the caller's diary."""
        return "Dear diary"

    class Librarian(VoiceAgent):
        toolbox = (read_diary,)

    line = cast(Workflow, SimpleNamespace(agents=(Librarian,)))

    assert set(tools_of([LINES["support-line"], line])) - set(TOOLS) == {"read_diary"}


@pytest.mark.parametrize("name", sorted(set(TOOLS) - FOR_EVERYBODY))
async def test_an_unverified_caller_is_refused_before_the_database_is_touched(name: str) -> None:
    ctx = ring(Untouchable())  # type: ignore[arg-type]
    with pytest.raises(ToolError) as refused:
        await TOOLS[name](ctx, **arguments(TOOLS[name]))

    assert refused.value.message == access.UNVERIFIED
    assert "verify_caller" in refused.value.message


@pytest.mark.parametrize("name", sorted(FOR_EVERYBODY - {"verify_caller", "confirm_caller"}))
async def test_what_is_for_everybody_tells_nothing_of_an_account(name: str, seeded: Database) -> None:
    answer = await TOOLS[name](ring(seeded), **arguments(TOOLS[name]))

    for customer in DEMO_CUSTOMERS:
        for secret in (customer.name, customer.name.split()[0], customer.email, customer.postcode, customer.street):
            assert secret.lower() not in answer.lower()
    assert ON_ITS_WAY.goods[0][1] not in answer


async def test_a_number_that_calls_verifies_nobody(seeded: Database) -> None:
    with pytest.raises(ToolError):
        await find_order(ring(seeded, number=AMELIA.phone), order_number="10042")


@pytest.mark.parametrize("number", ["10066", "99999"])
async def test_another_callers_order_and_none_at_all_sound_the_same(seeded: Database, number: str) -> None:
    ctx = await known(seeded)
    for attempt in (
        find_order(ctx, order_number=number),
        cancel_order(ctx, order_number=number),
        start_return(ctx, order_number=number, reason="too big"),
        open_ticket(ctx, summary="Where is it?", order_number=number),
    ):
        with pytest.raises(ToolError) as refused:
            await attempt
        assert refused.value.message.startswith(f"There is no order {number} on the caller's account.")


async def test_a_stranger_cannot_find_out_by_a_ticket_whether_an_order_exists(seeded: Database) -> None:
    answers = [
        await open_ticket(ring(seeded), summary="Late.", order_number=number, phone="07700 900999")
        for number in ("10042", "99999")
    ]

    one, other = ["".join(c for c in answer if not c.isdigit()) for answer in answers]
    assert one == other


async def test_order_number_and_postcode_verify_the_caller(seeded: Database) -> None:
    ctx = ring(seeded)
    answer = await verify_caller(ctx, postcode="s w 1 a, two a a", order_number="one double oh four two")
    verified = ctx.userdata.caller.verified

    assert answer == "The caller is verified: Amelia Hart."
    assert verified is not None
    assert (verified.name, verified.by) == ("Amelia Hart", "order number and postcode")
    assert ctx.userdata.state.order_number == 10042
    assert (await find_order(ctx)).startswith("Order 10042 is an oak writing desk")


async def test_email_and_postcode_verify_the_caller(seeded: Database) -> None:
    ctx = ring(seeded)
    answer = await verify_caller(ctx, postcode="M1 4BT", email="daniel dot okafor at example dot com")

    assert answer == "The caller is verified: Daniel Okafor."
    assert ctx.userdata.caller.verified is not None
    assert ctx.userdata.caller.verified.by == "e-mail and postcode"


@pytest.mark.parametrize(
    "wrong",
    [
        {"order_number": "10042", "postcode": "M1 4BT"},
        {"order_number": "10066", "postcode": "SW1A 2AA"},
        {"order_number": "99999", "postcode": "SW1A 2AA"},
        {"email": "nobody@example.com", "postcode": "SW1A 2AA"},
        {"email": "daniel.okafor@example.com", "order_number": "10042", "postcode": "SW1A 2AA"},
    ],
)
async def test_a_wrong_detail_is_refused_without_saying_which(seeded: Database, wrong: dict[str, str]) -> None:
    ctx = ring(seeded)
    with pytest.raises(ToolError) as refused:
        await verify_caller(ctx, **wrong)

    assert refused.value.message == access.NO_MATCH
    assert ctx.userdata.caller.verified is None
    assert set((await failures(seeded)).values()) == {1}


@pytest.mark.parametrize(
    "missing", [{"postcode": ""}, {"postcode": "SW1A 2AA"}, {"postcode": "", "order_number": "10042"}]
)
async def test_a_missing_detail_is_asked_for_and_costs_no_try(missing: dict[str, str]) -> None:
    ctx = ring(Untouchable())  # type: ignore[arg-type]
    with pytest.raises(ToolError, match="Ask for"):
        await verify_caller(ctx, **missing)


async def test_after_three_failures_these_details_verify_nobody_in_any_call(seeded: Database) -> None:
    ctx = ring(seeded)
    messages = []
    for _ in range(3):
        with pytest.raises(ToolError) as refused:
            await verify_caller(ctx, postcode="N1 9GU", order_number="10042")
        messages.append(refused.value.message)

    assert messages == [access.NO_MATCH, access.NO_MATCH, access.LOCKED]
    for again in (ctx, ring(seeded)):
        with pytest.raises(ToolError) as locked:
            await verify_caller(again, **PROOF)
        assert locked.value.message == access.LOCKED
        with pytest.raises(ToolError) as refused:
            await find_order(again, order_number="10042")
        assert refused.value.message == access.LOCKED


async def test_a_caller_whose_own_tries_are_used_up_is_not_verified_with_other_details_either(seeded: Database) -> None:
    ctx = ring(seeded)
    for number in ("20001", "20002", "20003"):
        with pytest.raises(ToolError):
            await verify_caller(ctx, postcode="N1 9GU", order_number=number)
    with pytest.raises(ToolError) as locked:
        await verify_caller(ctx, **PROOF)

    assert locked.value.message == access.LOCKED
    assert (await verify_caller(ring(seeded), **PROOF)).startswith("The caller is verified")


async def test_tries_that_are_made_at_once_are_all_counted(seeded: Database) -> None:
    calls = [ring(seeded) for _ in range(8)]
    tries = [verify_caller(ctx, postcode=f"N{i} 9GU", order_number="10042") for i, ctx in enumerate(calls, 1)]
    answers = await asyncio.gather(*tries, return_exceptions=True)
    told = sorted(answer.message for answer in answers if isinstance(answer, ToolError))

    assert told == sorted([*[access.NO_MATCH] * 2, *[access.LOCKED] * 6])
    assert (await failures(seeded))["order"] == 3


async def test_a_failure_is_forgiven_by_nothing_and_a_success_leaves_no_trace(seeded: Database) -> None:
    await verify_caller(ring(seeded, "+447700900999"), **PROOF)
    assert await failures(seeded) == {}

    ctx = ring(seeded)
    with pytest.raises(ToolError):
        await verify_caller(ctx, postcode="N1 9GU", order_number="10042")
    for _ in range(3):
        await verify_caller(ctx, **PROOF)

    assert (await failures(seeded))["order"] == 1


async def test_a_database_that_fails_uses_up_no_try(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def broken(*_: object) -> None:
        raise OperationalError("select", {}, Exception("the server is gone"))

    ctx = ring(seeded)
    with monkeypatch.context() as outage:
        outage.setattr(tries, "_forget", broken)
        for _ in range(5):
            with pytest.raises(OperationalError):
                await verify_caller(ctx, postcode="N1 9GU", order_number="10042")

    assert await failures(seeded) == {}
    assert (await verify_caller(ctx, **PROOF)).startswith("The caller is verified")


async def test_a_call_that_goes_on_in_another_one_has_no_more_tries_than_one(seeded: Database) -> None:
    for number in ("20001", "20002", "20003"):
        with pytest.raises(ToolError):
            await verify_caller(ring(seeded, origin="call-1"), postcode="N1 9GU", order_number=number)
    with pytest.raises(ToolError) as locked:
        await verify_caller(ring(seeded, origin="call-1"), **PROOF)

    assert locked.value.message == access.LOCKED


async def test_callers_who_hide_their_number_do_not_share_one(seeded: Database) -> None:
    for number in ("20001", "20002", "20003"):
        with pytest.raises(ToolError):
            await verify_caller(ring(seeded, "anonymous"), postcode=f"N1 {number[-1]}GU", order_number=number)

    assert "number" not in await failures(seeded)
    assert (await verify_caller(ring(seeded, "anonymous"), **PROOF)).startswith("The caller is verified")


@pytest.mark.parametrize("number", ["+447700900999", "07700 900999", "100"])
async def test_a_number_is_counted_however_it_is_written(seeded: Database, number: str) -> None:
    for order in ("20001", "20002", "20003"):
        with pytest.raises(ToolError):
            await verify_caller(ring(seeded, number), postcode=f"N1 {order[-1]}GU", order_number=order)
    with pytest.raises(ToolError) as locked:
        await verify_caller(ring(seeded, number.replace("07700 ", "+447700")), **PROOF)

    assert locked.value.message == access.LOCKED


async def test_what_is_held_is_told_to_the_ledger_and_the_log_without_a_word_of_whose_it_is(seeded: Database) -> None:
    ctx = ring(seeded, "+447700900999")
    told: list[Event] = []
    ctx.userdata.ledger = Ledger(seeded, "call_1", "support-line", listeners=(told.append,))
    with structlog.testing.capture_logs() as logs:
        for _ in range(3):
            with pytest.raises(ToolError):
                await verify_caller(ctx, postcode="N1 9GU", order_number="10042")

    kinds = ("account", "call", "number", "order", "postcode")
    assert [event.held for event in told if isinstance(event, VerificationHeld)] == [kinds]
    assert [(log["event"], log["held"]) for log in logs] == [
        ("verification is held back after failed tries", kinds),
    ]


async def test_two_callers_see_each_their_own(seeded: Database) -> None:
    amelia, daniel = await known(seeded), await known(seeded, DANIEL)
    hers, his = await asyncio.gather(list_recent_orders(amelia), list_recent_orders(daniel))

    assert "10042" in hers
    assert "10042" not in his
    assert str(TOO_LATE.number) in his
