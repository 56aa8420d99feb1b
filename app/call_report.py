"""One call as text for a terminal: what happened, what went wrong, what it has cost, and what it ran with."""

from collections.abc import Iterable, Iterator, Sequence

from app.lines import LINES
from switchboard.ledger.bill import HandoffCost, bill
from switchboard.ledger.events import Answered, Event, Turn
from switchboard.ledger.prices import Prices
from switchboard.ledger.rules import RULES, Rule, findings
from switchboard.text import visible

NOT_SHOWN = {"seq", "at", "wall", "kind", "versions"}


def call_text(events: Sequence[Event], prices: Prices) -> str:
    """All of it, part by part; "" if nothing has happened."""
    parts = (
        timeline_text(events),
        findings_text(events, _rules_of(events)),
        bill_text(events, prices),
        versions_text(events),
    )
    return "\n\n".join(part for part in parts if part)


def timeline_text(events: Sequence[Event]) -> str:
    """A call's events, one line each: seconds since it began, what happened, and its details."""
    return "\n".join(f"{event.at:8.2f}  {visible(_what(event))}" for event in events)


def findings_text(events: Sequence[Event], rules: Iterable[Rule]) -> str:
    """What went wrong, by rules; "" if nothing did."""
    return _part("found:", [f"{each.at:8.2f}  {each.rule}: {each.sentence}" for each in findings(events, rules)])


def bill_text(events: Sequence[Event], prices: Prices) -> str:
    """What a call has cost, by agent, and what each handoff gave the next agent to read; "" if nothing was used."""
    owed = bill(events, prices)
    if not owed.agents:
        return ""
    simulated = any(isinstance(event, Answered) and event.provider == "simulator" for event in events)
    cost = f"cost{', had it not been simulated' if simulated else ''}: {owed.total}"
    shares = [f"  {agent}: {share}" for agent, share in owed.agents.items()]
    return _part(cost, [*shares, *map(_handoff, owed.handoffs)])


def versions_text(events: Sequence[Event]) -> str:
    """Hashes of the workflow, the prompts and the tools that the call ran with; "" if it tells none."""
    versions = next((event.versions for event in events if isinstance(event, Answered)), {})
    width = max(map(len, versions), default=0)
    return _part("ran with:", [f"  {name:{width}}  {version}" for name, version in versions.items()])


def _part(head: str, lines: Sequence[str]) -> str:
    return "\n".join(map(visible, [head, *lines])) if lines else ""


def _rules_of(events: Sequence[Event]) -> Iterable[Rule]:
    """Those of its line; a line that there is no more has every line's."""
    name = next((event.line for event in events if isinstance(event, Answered)), None)
    return LINES[name].watched if name in LINES else RULES.values()


def _handoff(handoff: HandoffCost) -> str:
    read = handoff.reading
    tokens = f"{read.tokens:.0f} tokens to read, {read.cached:.0f} of them cached"
    return f"  handoff from {read.source} to {read.target}: {tokens}: {handoff.cost}"


def _what(event: Event) -> str:
    if isinstance(event, Turn):
        return f"turn: {', '.join(_turn_words(event))}"
    details = {name: value for name, value in event.model_dump(mode="json").items() if name not in NOT_SHOWN}
    told = ", ".join(f"{name} {value}" for name, value in details.items() if value not in (None, "", False))
    return f"{event.kind.replace('_', ' ')}: {told}" if told else event.kind.replace("_", " ")


def _turn_words(turn: Turn) -> Iterator[str]:
    yield f"the caller had finished at {turn.ended_at:.2f}"
    if turn.first_token_ms is not None:
        yield f"first token after {turn.first_token_ms:.0f} ms"
    heard = f"was heard after {turn.first_sound_ms:.0f} ms" if turn.first_sound_ms is not None else "was not heard"
    yield f"{turn.agent} {heard}"
    if turn.silence_ms is None:
        yield "silence to the end"
    elif turn.silence_ms != turn.first_sound_ms:
        yield f"silence for {turn.silence_ms:.0f} ms"
    if turn.interrupted_at is not None:
        yield f"interrupted at {turn.interrupted_at:.2f}"
