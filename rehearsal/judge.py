"""Whether what must hold of a call does: what was expected and what was heard, side by side."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from rehearsal.course import exchanges, who_had
from rehearsal.held import Held
from rehearsal.matching import matches
from rehearsal.rules import broken
from rehearsal.scenario import Called, Exchange, Holds, Rows
from switchboard.ledger.events import (
    AgentSpoke,
    Ended,
    Event,
    HandoffDone,
    Recovered,
    ToolCalled,
    ToolReturned,
    Turn,
)
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import Rule, findings

OF_TIME = frozenset({"dead_air", "talked_over"})
"""Rules that measure time: they say as much of the machine as of the line, and count where they are named only."""


@dataclass(frozen=True)
class Miss:
    """Something that does not hold."""

    expected: str
    heard: str


def judge(holds: Holds, held: Held, rules: Sequence[Rule], prices: Prices) -> Sequence[Miss]:
    """All that does not hold, in the order of the format."""
    return [
        *_recorded(held),
        *_to_the_end(held),
        *_turns(holds.turns, held.events),
        *_calls(holds.calls, held.events, held.events),
        *_never_calls(holds, held.events),
        *_agents(holds, held.events),
        *_words(holds, held),
        *_told_agents(holds, held),
        *_rows(holds, held),
        *_ending(holds, held.events),
        *_findings(holds, held.events, rules),
        *_cost(holds, held.events, prices),
        *_sound(holds, held),
    ]


def _to_the_end(held: Held) -> Iterator[Miss]:
    if held.hung:
        yield Miss(f"the caller waits for {held.hung}", "it never came")
    for words in held.unsaid:
        yield Miss(f"the caller says: {words}", "they could not: it was over before")


def _recorded(held: Held) -> Iterator[Miss]:
    for asked in held.missing:
        yield Miss(f"{asked} is among `tools`", "what it gives is not recorded for these arguments")


def _turns(turns: Sequence[Exchange], events: Sequence[Event]) -> Iterator[Miss]:
    """Of the first turn that is not as it should be: what comes after it follows from it."""
    course = exchanges(events)
    for number, wanted in enumerate(turns):
        said, of_turn = course[number] if number < len(course) else ("", [])
        misses = [*_calls(wanted.calls, of_turn, events), *_says(wanted.says, of_turn)]
        if misses:
            told = f"turn {number}" if number else "the greeting"
            told = f'{told}, "{said}"' if said else told
            yield from (Miss(f"{told}: {miss.expected}", miss.heard) for miss in misses)
            return


def _calls(wanted: Sequence[Called], events: Sequence[Event], all_events: Sequence[Event]) -> Iterator[Miss]:
    """Of tools that are called in `events`; what they give may come later."""
    calls = [event for event in events if isinstance(event, ToolCalled)]
    returned = {event.call_id: event for event in all_events if isinstance(event, ToolReturned)}
    told = ", ".join(map(_told_call, calls)) or "no tool is called"
    place = 0
    for each in wanted:
        found = next((at for at in range(place, len(calls)) if _is(each, calls[at], returned)), None)
        if found is None:
            after = f", after {_told_call(calls[place - 1])}" if place else ""
            yield Miss(f"calls {_told_wanted(each)}{after}", _nearest(each, calls[place:], returned) or told)
            break
        place = found + 1


def _never_calls(holds: Holds, events: Sequence[Event]) -> Iterator[Miss]:
    for call in events:
        if isinstance(call, ToolCalled) and call.tool in holds.never_calls:
            yield Miss(f"never calls {call.tool}", _told_call(call))


def _is(wanted: Called, call: ToolCalled, returned: Mapping[str, ToolReturned]) -> bool:
    back = returned.get(call.call_id)
    return (
        call.tool == wanted.tool
        and wanted.by in (None, call.agent)
        and all(matches(pattern, call.arguments.get(name)) for name, pattern in wanted.with_.items())
        and (wanted.gives is None or (back is not None and wanted.gives.search(back.result) is not None))
        and (wanted.fails is None or (back is not None and back.failed == wanted.fails))
    )


def _nearest(wanted: Called, calls: Sequence[ToolCalled], returned: Mapping[str, ToolReturned]) -> str:
    """The calls of the same tool, with what they gave; "" if there are none."""
    same = [call for call in calls if call.tool == wanted.tool]
    return ", ".join(f"{_told_call(call)} -> {_told_result(returned.get(call.call_id))}" for call in same)


def _agents(holds: Holds, events: Sequence[Event]) -> Iterator[Miss]:
    had = who_had(events)
    if holds.agents is not None and tuple(had) != holds.agents:
        yield Miss(f"the caller is with {_chain(holds.agents)}", _chain(had))


def _says(wanted: Sequence[re.Pattern[str]], events: Sequence[Event]) -> Iterator[Miss]:
    spoken = [event for event in events if isinstance(event, AgentSpoke)]
    place = 0
    for pattern in wanted:
        found = next((at for at in range(place, len(spoken)) if pattern.search(spoken[at].text)), None)
        if found is None:
            heard = "\n".join(f"{each.agent}: {each.text}" for each in spoken[place:])
            yield Miss(f"says /{pattern.pattern}/", heard or "nothing")
            break
        place = found


def _words(holds: Holds, held: Held) -> Iterator[Miss]:
    yield from _says(holds.says, held.events)
    spoken = [event for event in held.events if isinstance(event, AgentSpoke)]
    for pattern in holds.never_says:
        yield from (Miss(f"never says /{pattern.pattern}/", each.text) for each in spoken if pattern.search(each.text))
    for name in holds.never:
        yield from (Miss(f"never says {name}", text) for text in broken(name, held))


def _told_agents(holds: Holds, held: Held) -> Iterator[Miss]:
    """The offline mind reads no prompt, so a call alone would not tell that a prompt has lost something."""
    for agent, patterns in holds.told.items():
        told = held.told.get(agent, "")
        missing = (pattern.pattern for pattern in patterns if not pattern.search(told))
        yield from (Miss(f"{agent} is told /{each}/", "its prompt does not say so") for each in missing)
    calls = {(event.agent, event.tool): None for event in held.events if isinstance(event, ToolCalled)}
    for agent, tool in calls:
        if agent in held.told and f"`{tool}`" not in held.told[agent]:
            yield Miss(f"{agent} is told of `{tool}`, which it calls", "its prompt does not name it")


def _rows(holds: Holds, held: Held) -> Iterator[Miss]:
    for wanted, rows in zip(holds.rows, held.rows, strict=False):
        told = f"{wanted.table}{_told(wanted.where)}"
        if len(rows) != wanted.count if wanted.count is not None else not rows:
            yield Miss(f"{told}: {'some rows' if wanted.count is None else wanted.count}", f"{len(rows)}")
            continue
        yield from (miss for row in rows for miss in _columns(told, wanted, row))


def _columns(told: str, wanted: Rows, row: Row[Any]) -> Iterator[Miss]:
    for name, pattern in wanted.has.items():
        value = row._mapping[name]
        if not matches(pattern, value):
            yield Miss(f"{told}: {name} is {_told_pattern(pattern)}", f"{value}")


def _ending(holds: Holds, events: Sequence[Event]) -> Iterator[Miss]:
    reason = next((event.reason for event in events if isinstance(event, Ended)), None)
    if holds.ended not in (None, reason):
        yield Miss(f"the call ends: {holds.ended}", reason or "it does not end")
    came_back = any(isinstance(event, Recovered) for event in events)
    if holds.recovers not in (None, came_back):
        yield Miss(
            "the service is lost and comes back" if holds.recovers else "the service is not lost",
            "it was lost and came back" if came_back else "it was not lost, or did not come back",
        )


def _findings(holds: Holds, events: Sequence[Event], rules: Sequence[Rule]) -> Iterator[Miss]:
    found = findings(events, [rule for rule in rules if rule.name not in OF_TIME - {*holds.strikes}])
    struck = {each.rule for each in found}
    yield from (Miss(f"{each.rule} does not strike", each.sentence) for each in found if each.rule not in holds.strikes)
    yield from (Miss(f"{name} strikes", "it does not") for name in holds.strikes if name not in struck)


def _cost(holds: Holds, events: Sequence[Event], prices: Prices) -> Iterator[Miss]:
    cost = prices.of(events)
    if holds.cost is not None and (cost.unknown or cost.amount is None or cost.amount > holds.cost):
        yield Miss(f"costs at most {holds.cost:g}", str(cost))


def _sound(holds: Holds, held: Held) -> Iterator[Miss]:
    if held.sound == 0 and any(isinstance(event, AgentSpoke) for event in held.events):
        yield Miss("the caller hears the agents", "not a sound")
    waits = [(each.agent, each.at, each.first_sound_ms) for each in held.events if isinstance(each, Turn)]
    gaps = [(each.target, each.at, each.silence_ms) for each in held.events if isinstance(each, HandoffDone)]
    yield from _at_most(holds.first_sound_ms, "an answer", waits)
    yield from _at_most(holds.handoff_silence_ms, "the next agent after a handoff", gaps)


def _at_most(most: float | None, what: str, times: Sequence[tuple[str, float, float | None]]) -> Iterator[Miss]:
    """Each of `times` is whose it is, when it was, and how many milliseconds it took, if it is known."""
    if most is None:
        return
    known = [(agent, at, ms) for agent, at, ms in times if ms is not None]
    expected = f"{what} is heard after {most:g} ms at most"
    if not known:
        yield Miss(expected, "it was never heard")
    yield from (Miss(expected, f"{agent}, at {at:.1f} s: {ms:.0f} ms") for agent, at, ms in known if ms > most)


def _told_call(call: ToolCalled) -> str:
    return f"{call.agent}: {call.tool}{_told(call.arguments)}"


def _told_wanted(wanted: Called) -> str:
    by = f" by {wanted.by}" if wanted.by else ""
    gives = f" -> /{wanted.gives.pattern}/" if wanted.gives else ""
    failing = {None: "", True: ", and it fails", False: ", and it works"}[wanted.fails]
    arguments = {name: _told_pattern(pattern) for name, pattern in wanted.with_.items()}
    return f"{wanted.tool}{_told(arguments)}{by}{gives}{failing}"


def _told(values: Mapping[str, object]) -> str:
    return f"({', '.join(f'{name}: {value}' for name, value in values.items())})" if values else ""


def _told_result(back: ToolReturned | None) -> str:
    return "nothing" if back is None else f"{'failed: ' if back.failed else ''}{back.result}"


def _told_pattern(pattern: re.Pattern[str] | None) -> str:
    return "nothing" if pattern is None else pattern.pattern


def _chain(agents: Sequence[str]) -> str:
    return " -> ".join(agents)
