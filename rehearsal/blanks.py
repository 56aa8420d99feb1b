"""What the ledger has not kept of a call: an example, for who says it again, and a pattern, for who expects it."""

import re
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from typing import Any

from switchboard.ledger.events import CallerSpoke, Event
from switchboard.ledger.mask import MASK
from switchboard.redaction.redactor import FINDS, Kind
from switchboard.room.keypad import TYPED

KINDS: dict[Kind, str] = {
    "cards": "4111 1111 1111 1111",
    "emails": "caller@example.com",
    "phones": "020 7946 0958",
    "postcodes": "SW1A 1AA",
}
"""Examples that are nobody's."""
EXAMPLES = {FINDS[kind][1]: example for kind, example in KINDS.items()}
UNKNOWN = "123456"
DIGITS = "1234567890"
BLANK = re.compile(rf"{'|'.join(map(re.escape, EXAMPLES))}|\*{{{len(MASK)},}}")
KEYS = re.compile(rf"({re.escape(TYPED)} )([*]+)")
MEANT = re.compile(r"[\\^$*+?{}()\[\]|]")
"""What is meant for something else in a pattern; a dot stands for itself as well."""
WORDS = frozenset(("text", "result", "state", "verified"))
"""The parts of events that a call is made of again. Arguments are not: whatever is said leads to them."""


def with_examples(events: Sequence[Event]) -> Iterator[Event]:
    """The events, with an example wherever something was not kept; a secret is what was typed last."""
    typed, secret = 0, UNKNOWN
    for event in events:
        if isinstance(event, CallerSpoke) and (keys := KEYS.fullmatch(event.text)):
            secret = "".join(islice(cycle(DIGITS), typed, typed + len(keys[2])))
            typed += 1  # others each time: who tries again seldom types the same
            yield event.model_copy(update={"text": f"{keys[1]}{secret}"})
        else:
            words = {name: _filled(value, secret) for name, value in event if name in WORDS}
            yield event.model_copy(update=words)


def pattern_of(text: str) -> str:
    """What matches the text, whatever stood where nothing was kept."""
    kept, begin = "", 0
    for blank in BLANK.finditer(text):
        kept, begin = f"{kept}{_literally(text[begin : blank.start()])}.+", blank.end()
    return kept + _literally(text[begin:])


def _filled(value: Any, secret: str) -> Any:
    match value:
        case dict():
            return {name: _filled(each, secret) for name, each in value.items()}
        case list():
            return [_filled(each, secret) for each in value]
        case str():
            return BLANK.sub(lambda blank: EXAMPLES.get(blank[0], secret), value)
        case _:
            return value


def _literally(text: str) -> str:
    return MEANT.sub(r"\\\g<0>", text)
