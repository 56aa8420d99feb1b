"""What a call has used and cost, as tables."""

from collections.abc import Iterable, Sequence

from switchboard.ledger.bill import Bill
from switchboard.ledger.events import Answered, Event, Used
from switchboard.ledger.prices import Cost
from switchboard.operate.sheet.cast import Cast
from switchboard.operate.sheet.markup import Markup, tag


def costs(bill: Bill, cast: Cast) -> Markup:
    """By agent, and what each handoff gave the next agent to read. What is not known is said to be unknown."""
    rows = [(cast.name(agent), cost_text(cost)) for agent, cost in bill.agents.items()]
    for handoff in bill.handoffs:
        read = handoff.reading
        how = f"{read.tokens:.0f} tokens read, {read.cached:.0f} cached"
        rows.append((f"{cast.name(read.source)} → {cast.name(read.target)}, {how}", cost_text(handoff.cost)))
    return table(("", "Cost"), [*rows, ("Total", cost_text(bill.total))])


def cost_text(cost: Cost) -> str:
    """As a sum, with what has no price."""
    return str(cost)


def usage(events: Sequence[Event], cast: Cast) -> Markup:
    """What services were used for, and how much."""
    sums: dict[tuple[str, str, str, str], float] = {}
    for event in (each for each in events if isinstance(each, Used)):
        for unit, amount in event.units.items():
            key = (cast.name(event.agent), event.work, event.model, unit.replace("_", " "))
            sums[key] = sums.get(key, 0) + amount
    return table(("Agent", "Work", "Model", "Unit", "Amount"), [(*key, f"{amount:g}") for key, amount in sums.items()])


def versions(events: Iterable[Event]) -> Markup:
    """What the call ran with: a hash of each prompt, tool and the workflow."""
    known = next((event.versions for event in events if isinstance(event, Answered)), {})
    return table(("Part", "Version"), sorted(known.items()))


def table(heads: Sequence[str], rows: Sequence[Sequence[str]]) -> Markup:
    """Nothing where there is nothing."""
    if not rows:
        return Markup()
    head = tag("tr", *(tag("th", each) for each in heads))
    return tag(
        "table", tag("thead", head), tag("tbody", *(tag("tr", *(tag("td", each) for each in row)) for row in rows))
    )
