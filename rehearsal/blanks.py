"""What the ledger has not kept of a call: an example, for who says it again, and a pattern, for who expects it."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import cycle, islice
from typing import Any

from pydantic import BaseModel, ValidationError

from switchboard.ledger.events import CallerSpoke, Event, Remembered
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
CODE = 6
"""So many digits a secret has that was said."""
DIGITS = "1234567890"
STARS = re.compile(rf"\*{{{len(MASK)},}}")
BLANK = re.compile(rf"{'|'.join(map(re.escape, EXAMPLES))}|{STARS.pattern}")
KEYS = re.compile(rf"({re.escape(TYPED)} )([*]+)")
MEANT = re.compile(r"[\\^$*+?{}()\[\]|]")
"""What is meant for something else in a pattern; a dot stands for itself as well."""
WORDS = frozenset(("text", "result", "state", "verified"))
"""The parts of events that a call is made of again. Arguments are not: whatever is said leads to them."""
ALL_WORDS = WORDS | {"arguments"}


def with_examples(events: Sequence[Event], state: type[BaseModel], words: frozenset[str] = WORDS) -> Iterator[Event]:
    """The events, with an example wherever something was not kept in these parts.

    A field of the line's `state` that is not there was nothing but a secret.
    """
    for event, secret in _secrets(events):
        if isinstance(event, CallerSpoke) and (keys := KEYS.fullmatch(event.text)):
            yield event.model_copy(update={"text": f"{keys[1]}{secret}"})
        else:
            filled = {name: _filled(value, secret) for name, value in event if name in words}
            if isinstance(event, Remembered):
                filled["state"] = _with_examples(event.state, filled["state"], secret, state)
            yield event.model_copy(update=filled)


def examples_of_secrets(events: Sequence[Event]) -> Sequence[str]:
    """What stands in the place of secrets."""
    return list(dict.fromkeys(secret for _, secret in _secrets(events) if secret != MASK))


def not_kept(events: Iterable[Event]) -> set[Kind]:
    """The kinds of which something was taken out of the events."""
    written = "\n".join(event.model_dump_json() for event in events)
    return {kind for kind, (_, mark) in FINDS.items() if mark in written}


def _secrets(events: Sequence[Event]) -> Iterator[tuple[Event, str]]:
    """Each event, and an example of the secret that was told last: what was typed, or said where nothing was typed."""
    typed, said, secret = 0, 0, MASK
    for event in events:
        if isinstance(event, CallerSpoke) and (keys := KEYS.fullmatch(event.text)):
            secret = _digits(typed, len(keys[2]))
            typed += 1  # others each time: who tries again seldom tells the same
        elif isinstance(event, CallerSpoke) and STARS.search(event.text) and not typed:
            secret = _digits(said, CODE)
            said += 1
        yield event, secret


def _digits(first: int, many: int) -> str:
    return "".join(islice(cycle(DIGITS), first, first + many))


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


def _with_examples(
    kept: Mapping[str, Any], filled: Mapping[str, Any], secret: str, state: type[BaseModel]
) -> dict[str, Any]:
    """What is remembered, with examples as far as the state can have them."""
    examples = {name: secret for name in state.model_fields.keys() - kept.keys() if secret != MASK}
    examples |= {name: value for name, value in filled.items() if value != kept[name]}
    return {name: value for name, value in kept.items() if name not in examples} | {
        name: value for name, value in examples.items() if _can_be(state, name, value)
    }


def _can_be(state: type[BaseModel], name: str, value: Any) -> bool:
    try:
        state.model_validate({name: value})
    except ValidationError:
        return False
    return True


def _literally(text: str) -> str:
    return MEANT.sub(r"\\\g<0>", text)
