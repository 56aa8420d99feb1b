"""Two calls in which the same happened do not differ, whenever it did; of others the first difference is named."""

from datetime import UTC, datetime

import pytest

from switchboard.ledger.difference import difference
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Event, ToolCalled, ToolReturned, Used


def call(tool_id: str = "a", at: float = 0.0, said: str = "Hello.", again: str | None = None) -> list[Event]:
    events: list[Event] = [
        CallerSpoke(text=said, typed=f"line-{tool_id}"),
        ToolCalled(agent="desk", tool="find", call_id=tool_id, arguments={}),
        ToolReturned(agent="desk", tool="find", call_id=again or tool_id, result="x", failed=False, ms=at),
        Used(agent="desk", work="speech", model="m", units={"characters": 3, "seconds": at}),
        Ended(reason="goodbye"),
    ]
    return [
        event.model_copy(update={"seq": seq, "at": at, "wall": datetime.now(UTC)}) for seq, event in enumerate(events)
    ]


def test_times_and_ids_of_services_are_no_difference_nor_when_it_is_told_what_was_used() -> None:
    one, other = call(), call("b", at=7.5)
    assert difference(one, [other[0], other[3], *other[1:3], other[4]]) is None


@pytest.mark.parametrize(
    ("other", "told"),
    [
        (call(said="Goodbye."), "caller_spoke (0), caller_spoke (0): text"),
        (call(again="other"), "tool_returned (2), tool_returned (2): call_id"),
        (call()[:-1], "ended (4), nothing"),
        ([*call()[:4], AgentSpoke(agent="desk", text="Wait!", seq=4)], "ended (4), agent_spoke (4)"),
    ],
)
def test_the_first_difference_is_named_and_nothing_that_was_said(other: list[Event], told: str) -> None:
    assert str(difference(call(), other)) == told
