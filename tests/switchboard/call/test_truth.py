"""What may be claimed in a call, by what has happened in it."""

import pytest

from switchboard.call.truth import Truth
from switchboard.ledger.events import CallTransferred, Event, HandoffDone, PersonStep, ToolCalled, ToolReturned
from switchboard.line.claims import Claim, claims
from switchboard.line.deeds import ENDING, MOVES, TRANSFER
from tools.orders import CANCELLED
from tools.tickets import TICKET_OPEN, URGENT_TICKET_OPEN
from workflows.support_line import SUPPORT_LINE

IT_IS = Claim(CANCELLED, "done", "It's cancelled.")
PUT_THROUGH = Claim(TRANSFER, "done", "I've put you through.")
PUTTING_THROUGH = Claim(TRANSFER, "doing", "I'm putting you through.")


def called(tool: str) -> ToolCalled:
    return ToolCalled(agent="support", tool=tool, call_id=tool, arguments={})


def returned(tool: str, *, failed: bool = False) -> ToolReturned:
    return ToolReturned(agent="support", tool=tool, call_id=tool, result="", failed=failed, ms=1)


def handed_over(target: str) -> HandoffDone:
    return HandoffDone(source="greeter", target=target, arrived_ms=1, spoke_ms=1, silence_ms=1, socket_kept=True)


def truth_of(*events: Event) -> Truth:
    truth = Truth(SUPPORT_LINE)
    for event in events:
        truth.note(event)
    return truth


def test_every_tool_of_the_line_and_every_way_out_of_it_makes_its_deeds_true() -> None:
    truth = truth_of()
    places = {"greeter", "support", "escalation", "shop_desk", "warehouse"}

    assert truth.makers(TICKET_OPEN) == {"open_ticket", "open_urgent_ticket"}
    assert truth.makers(URGENT_TICKET_OPEN) == {"open_urgent_ticket"}
    assert truth.makers(ENDING) == {"end_call"}
    assert all(truth.makers(move) == {f"transfer_to_{place}" for place in places} for move in MOVES)


@pytest.mark.parametrize(
    ("events", "holds"),
    [
        ([], False),
        ([called("cancel_order")], False),
        ([called("cancel_order"), returned("cancel_order")], True),
        ([called("cancel_order"), returned("cancel_order", failed=True)], False),
        ([returned("cancel_order"), returned("cancel_order", failed=True)], False),
        ([returned("cancel_order", failed=True), returned("cancel_order")], True),
        ([returned("open_ticket")], False),
    ],
)
def test_what_is_done_is_what_a_tool_has_succeeded_in_last(events: list[Event], holds: bool) -> None:
    assert truth_of(*events).holds(IT_IS) is holds


def test_what_failed_in_another_turn_takes_nothing_from_what_was_done() -> None:
    truth = truth_of(returned("cancel_order"), returned("cancel_order", failed=True))
    truth.next_turn()

    assert truth.holds(IT_IS)


def test_while_the_tool_runs_nobody_knows() -> None:
    truth = truth_of(called("cancel_order"))
    assert truth.awaits(IT_IS)
    assert truth.runs_beside("another")
    assert not truth.runs_beside("cancel_order")

    truth.note(returned("cancel_order"))
    assert not truth.awaits(IT_IS)
    assert not truth.runs_beside("another")


@pytest.mark.parametrize(
    ("event", "holds"),
    [
        (returned("transfer_to_shop_desk"), False),  # "could not be reached" is a result as well
        (PersonStep(agent="escalation", target="shop_desk", stage="unreached"), False),
        (PersonStep(agent="escalation", target="shop_desk", stage="joined"), True),
        (CallTransferred(agent="escalation", target="warehouse", outcome="busy", ms=1), False),
        (CallTransferred(agent="escalation", target="warehouse", outcome="done", ms=1), True),
        (CallTransferred(agent="escalation", target="shop desk", outcome="done", ms=1), True),
        (handed_over("support"), True),
    ],
)
def test_a_caller_was_put_through_when_somebody_had_them(event: Event, holds: bool) -> None:
    assert truth_of(event).holds(PUT_THROUGH) is holds


def test_a_caller_is_being_put_through_by_a_call_of_the_same_turn_alone() -> None:
    truth = truth_of(called("transfer_to_support"), returned("transfer_to_support"), handed_over("support"))
    assert truth.holds(PUTTING_THROUGH)

    truth.next_turn()
    assert not truth.holds(PUTTING_THROUGH)


def test_a_caller_whose_person_is_still_rung_is_being_put_through() -> None:
    truth = truth_of(called("transfer_to_shop_desk"))
    truth.next_turn()

    assert truth.holds(PUTTING_THROUGH)


def test_an_urgent_ticket_needs_the_tool_for_urgent_ones() -> None:
    truth = truth_of(returned("open_ticket"))
    found = claims("I've opened an urgent ticket.", truth.deeds)

    assert [truth.holds(claim) for claim in found if claim.deed == TICKET_OPEN] == [True]
    assert [truth.holds(claim) for claim in found if claim.deed == URGENT_TICKET_OPEN] == [False]


def test_what_was_done_before_the_call_broke_off_counts_and_what_was_begun_then_does_not() -> None:
    past = (returned("cancel_order"), called("transfer_to_support"), returned("cancel_order", failed=True))
    truth = Truth(SUPPORT_LINE, past)

    assert truth.holds(IT_IS)
    assert not truth.holds(PUTTING_THROUGH)
    assert not truth.awaits(PUTTING_THROUGH)
