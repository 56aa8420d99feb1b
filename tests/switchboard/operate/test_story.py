"""All of one call, while it runs and after it, and how much of it one may see."""

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from switchboard.database import Database
from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    Event,
    LaneName,
    Recording,
    Remembered,
    ToolCalled,
    ToolReturned,
    Turn,
    Used,
)
from switchboard.ledger.mask import MASK
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import Rule
from switchboard.operate.settled import SETTLES
from switchboard.operate.sight import Sight
from switchboard.operate.story import CallStory, story
from switchboard.recording.recordings import StorageError
from tests.switchboard.operate.made import answered, bare_call, call, handed

PRICES = Prices.read()
USED = Used(agent="greeter", work="answer", model="gpt-realtime-2", units={"text_in": 1_000_000})
RECORDED = (Recording(stage="began", lanes=("caller",)), Recording(stage="stored", lanes=("caller", "agent")))


class Kept:
    """A storage of recordings."""

    def __init__(self, error: StorageError | None = None) -> None:
        self.asked: list[str] = []
        self._error = error

    async def lanes(self, call_id: str) -> Sequence[LaneName]:
        self.asked.append(call_id)
        if self._error:
            raise self._error
        return ["caller", "agent"]


async def told(database: Database, **given: Any) -> CallStory:
    told = await story(database, "call_1", PRICES, given.pop("watched", {}), **given)
    assert told is not None
    return told


async def test_there_is_no_story_of_an_unknown_call(database: Database) -> None:
    assert await story(database, "call_1", PRICES, {}) is None


async def test_a_call_that_runs_has_its_cost_and_what_rules_find_so_far(database: Database) -> None:
    dead = Turn(agent="greeter", ended_at=1.0, first_sound_ms=4000, silence_ms=4000)
    await bare_call(database, "call_1", answered(), CallerSpoke(text="Hello?"), dead, USED)

    shown = (await told(database)).json(Sight.ALL)

    assert shown["call"]["cost"] == "4.00"
    assert shown["call"]["currency"] == "USD"
    assert shown["call"]["rules"] == ["dead_air"]
    assert [finding["rule"] for finding in shown["findings"]] == ["dead_air"]
    assert shown["bill"]["total"] == {"amount": "4.00", "currency": "USD", "unknown": []}
    assert [event["kind"] for event in shown["events"]] == ["answered", "caller_spoke", "turn", "used"]
    assert shown["events"][1]["at"] == 1.0
    assert [event.get("cost") for event in shown["events"]] == [None, None, None, shown["bill"]["total"]]
    assert shown["recording"] is None


async def test_work_without_a_price_costs_an_unknown_amount_and_not_nothing(database: Database) -> None:
    await bare_call(database, "call_1", answered(), USED, USED.model_copy(update={"model": "sonic-9"}))

    known, unknown = [event["cost"] for event in (await told(database)).json(Sight.MASKED)["events"][1:]]

    assert known == {"amount": "4.00", "currency": "USD", "unknown": []}
    assert unknown == {"amount": None, "currency": None, "unknown": ["sonic-9"]}


async def test_a_line_has_rules_of_its_own(database: Database) -> None:
    def watch(events: Sequence[Event]) -> list[tuple[float, str]]:
        return [(event.at, "It was said.") for event in events if isinstance(event, CallerSpoke)]

    await bare_call(database, "call_1", answered(), CallerSpoke(text="Hello?"))

    found = (await told(database, watched={"support-line": [Rule("said", "Somebody spoke.", watch)]})).findings

    assert [(each.rule, each.at, each.sentence) for each in found] == [("said", 1.0, "It was said.")]


async def test_what_was_found_in_a_call_that_is_over_stays_as_it_was_found(database: Database) -> None:
    await call(database, "call_1", answered(), rules=("dead_air", "asked_again"), cost="0.2")

    shown = (await told(database)).json(Sight.ALL)

    assert shown["findings"] == [
        {"rule": "dead_air", "at": 1.0, "sentence": "It went wrong."},
        {"rule": "asked_again", "at": 2.0, "sentence": "It went wrong."},
    ]
    assert shown["call"]["cost"] == "0.200000"


async def test_recordings_are_asked_for_only_where_something_was_recorded(database: Database) -> None:
    kept = Kept()
    await bare_call(database, "call_1", answered(), seconds=60)
    assert (await told(database, sounds=kept)).lanes == ()
    assert kept.asked == []


async def test_a_recording_that_is_being_stored_is_not_asked_for_and_more_is_to_come(database: Database) -> None:
    kept = Kept()
    await bare_call(database, "call_1", answered(), RECORDED[0], seconds=0, began=datetime.now(UTC))
    shown = (await told(database, sounds=kept)).json(Sight.ALL)
    assert (shown["recording"], shown["settled"], kept.asked) == (None, False, [])


async def test_a_recording_that_never_came_is_looked_for_once_nothing_is_to_come(database: Database) -> None:
    ended = datetime.now(UTC) - SETTLES - timedelta(seconds=1)
    await bare_call(database, "call_1", answered(), RECORDED[0], seconds=0, began=ended)
    shown = (await told(database, sounds=Kept())).json(Sight.ALL)
    assert (shown["recording"], shown["settled"]) == ({"lanes": ["caller", "agent"]}, True)


async def test_a_call_that_was_recorded_tells_whose_sound_there_is(database: Database) -> None:
    await bare_call(database, "call_1", answered(), *RECORDED, seconds=0, began=datetime.now(UTC))
    shown = (await told(database, sounds=Kept())).json(Sight.ALL)
    assert (shown["recording"], shown["settled"]) == ({"lanes": ["caller", "agent"]}, True)
    assert (await told(database, sounds=None)).json(Sight.ALL)["recording"] is None


async def test_a_storage_that_does_not_answer_costs_the_sound_and_not_the_story(database: Database) -> None:
    await bare_call(database, "call_1", answered(), *RECORDED, seconds=60)
    shown = (await told(database, sounds=Kept(StorageError("GenericError")))).json(Sight.ALL)
    assert shown["recording"] is None
    assert len(shown["events"]) == 3


EVENTS: tuple[Any, ...] = (
    Answered(line="support-line", agent="greeter", provider="simulator", caller="********12"),
    CallerSpoke(text="It is order 4711 2, or four seven double one; ann@example.com, for 2 lamps."),
    AgentSpoke(agent="greeter", text="For 3 lamps."),
    ToolCalled(agent="greeter", tool="look_up", call_id="c12345", arguments={"order": 47112, "few": [7, True, None]}),
    ToolReturned(agent="greeter", tool="look_up", call_id="c12345", result="At 1 2 3 4.", failed=False, ms=12345),
    Remembered(state={"phone": "+44 20 7946 0958"}, verified={"account": "90210", "by": "number"}),
    handed("greeter", "support"),
)


async def test_an_operator_sees_no_numbers_of_callers(database: Database) -> None:
    await bare_call(database, "call_1", *EVENTS)

    seen = (await told(database)).json(Sight.MASKED)["events"]

    assert seen[0]["caller"] == "********12"
    assert seen[1]["text"] == f"It is order {MASK}, or {MASK}; {MASK} for 2 lamps."
    assert seen[2]["text"] == "For 3 lamps."
    assert seen[3]["arguments"] == {"order": MASK, "few": [7, True, None]}
    assert seen[3]["call_id"] == "c12345"
    assert seen[4]["result"] == f"At {MASK}."
    assert seen[4]["ms"] == 12345
    assert seen[5]["state"] == {"phone": f"+{MASK}"}
    assert seen[5]["verified"] == {"account": MASK, "by": "number"}
    assert seen[6]["arrived_ms"] == 8.1


async def test_a_supervisor_sees_them(database: Database) -> None:
    await bare_call(database, "call_1", *EVENTS)
    seen = (await told(database)).json(Sight.ALL)["events"]
    assert "4711 2" in seen[1]["text"]
    assert seen[3]["arguments"]["order"] == 47112


@pytest.mark.parametrize("digits", ["123", "one two three", "1,2 and 3"])
def test_few_digits_are_nobodys_number(digits: str) -> None:
    assert Sight.MASKED.event({"text": digits}) == {"text": digits}
