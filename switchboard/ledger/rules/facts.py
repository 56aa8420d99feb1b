"""Facts of the caller's: an order number, a postcode. Whoever has given one should not have to give it again."""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, ToolCalled, ToolReturned
from switchboard.ledger.rules.rule import rule
from switchboard.redaction import spoken
from switchboard.redaction.redactor import FINDS

SENTENCE = re.compile(r"[^.?!]+[.?!]*")
WANTS = re.compile(
    r"\b(?:what(?:'s| is| was)|(?:could|can|would|may|might|do) (?:you|i))\b"
    r"|\b(?:tell me|give me|i(?:'ll| still)? need|please)\b|\?\s*$"
)
ANOTHER = re.compile(r"\b(?:other|another|different|second|next|new|wrong|instead|or)\b")
"""It is not the same fact that is asked for, or one of several will do."""
DIGITS = range(4, 9)
POSTCODE = re.compile(
    r"(?<!\w)[a-z][\s,.-]*(?:[a-z][\s,.-]*)?\d[\s,.-]*(?:[a-z\d][\s,.-]*)?\d[\s,.-]*[a-z][\s,.-]*[a-z](?!\w)"
)


@dataclass(frozen=True)
class Fact:
    """What a caller can give: how it is called when it is asked for, and how it looks."""

    name: str
    called: re.Pattern[str]
    argument: str
    """How tools call it."""
    is_in: Callable[[str], bool]


def _is_number(text: str) -> bool:
    """Whether there is one number in it that is as long as one of an order."""
    lengths = [sum(len(each.digits) for each in run) for run in spoken.runs(text)]
    return sum(length in DIGITS for length in lengths) == 1


def _is_postcode(text: str) -> bool:
    """Whether there is one in it, or where one was taken out of what is kept."""
    return POSTCODE.search(text) is not None or FINDS["postcodes"][1] in text


FACTS = (
    Fact(
        "order number",
        re.compile(r"\border(?:'s)? number\b|\bnumber of (?:your|the) order\b"),
        "order_number",
        _is_number,
    ),
    Fact("postcode", re.compile(r"\bpost ?code\b"), "postcode", _is_postcode),
)


@rule("An agent asked for an order number or a postcode that the caller had given.")
def asked_twice(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """Each fact by itself."""
    for fact in FACTS:
        yield from _asked_twice(fact, events)


def _asked_twice(fact: Fact, events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """A fact counts as given until a tool did not take it: that it was wrong is a reason to ask."""
    given = wanted = False
    using: set[str] = set()
    for event in events:
        match event:
            case AgentSpoke():
                asked = _asked(fact, event.text)
                wanted = asked is not None
                if asked and given and not ANOTHER.search(asked):
                    yield event.at, f"{event.agent} asked for the {fact.name}, which the caller had given."
            case CallerSpoke(text=text):
                said = text.lower()
                named = fact.called.search(said) is not None
                if (wanted or named) and fact.is_in(said):
                    given = True
                elif ANOTHER.search(said):
                    given = False
            case ToolCalled() if event.arguments.get(fact.argument):
                using.add(event.call_id)
            case ToolReturned() if event.call_id in using:
                given = not event.failed


def _asked(fact: Fact, text: str) -> str | None:
    """The sentence in which it is asked for, and not read back."""
    for sentence in SENTENCE.findall(text.replace("\u2019", "'").lower()):
        if fact.called.search(sentence) and WANTS.search(sentence):
            return None if fact.is_in(sentence) or re.search(r"\d", sentence) else sentence
    return None
