"""Calls as lists of events, a second apart, for rules to judge."""

from typing import Any

from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    Event,
    HandoffDone,
    PersonStage,
    PersonStep,
    ToolCalled,
    ToolReturned,
)
from switchboard.ledger.rules import Finding, Rule, findings


def struck(rule: Rule, *events: Event | list[Event]) -> list[Finding]:
    """What the rule finds in these events; one that has no time comes a second after the one before it."""
    call: list[Event] = []
    for each in events:
        for event in each if isinstance(each, list) else [each]:
            before = call[-1].at if call else 0.0
            call.append(event if event.at else event.model_copy(update={"at": before + 1}))
    found = findings(call, [rule])
    assert all(each.rule == rule.name for each in found)
    return found


def caller(text: str) -> Event:
    return CallerSpoke(text=text)


def agent(text: str, who: str = "support") -> Event:
    return AgentSpoke(agent=who, text=text)


def person(stage: PersonStage) -> Event:
    return PersonStep(agent="escalation", target="shop desk", stage=stage, phone=1)


def tool(name: str, *, failed: bool = False, **arguments: Any) -> list[Event]:
    """A call of a tool, and what came of it."""
    called = ToolCalled(agent="support", tool=name, call_id=f"{name} {arguments}", arguments=arguments)
    result = "That did not work." if failed else "It is done."
    returned = ToolReturned(agent="support", tool=name, call_id=called.call_id, result=result, failed=failed, ms=5)
    return [called, returned]


def handoff(at: float, silence_ms: float | None) -> Event:
    return HandoffDone(
        at=at,
        source="greeter",
        target="support",
        arrived_ms=9,
        spoke_ms=silence_ms,
        silence_ms=silence_ms,
        socket_kept=True,
    )
