"""Takes out of what is kept what it tells of somebody: card numbers, e-mail addresses, phone numbers, postcodes."""

from collections.abc import Callable, Collection, Iterator
from typing import Any, Literal, get_args

from switchboard.redaction.cards import cards
from switchboard.redaction.emails import emails
from switchboard.redaction.phones import phones
from switchboard.redaction.postcodes import postcodes

Kind = Literal["cards", "emails", "phones", "postcodes"]
KINDS: tuple[Kind, ...] = get_args(Kind)
Span = tuple[int, int]
FINDS: dict[Kind, tuple[Callable[[str], Iterator[Span]], str]] = {
    "cards": (cards, "[card number]"),
    "emails": (emails, "[e-mail]"),
    "phones": (phones, "[phone number]"),
    "postcodes": (postcodes, "[postcode]"),
}
"""What finds each, and what stands in its place; where two find the same, the first one counts."""
MARKS = frozenset(mark for _, mark in FINDS.values())


class Redactor:
    """Of these kinds; of none, it changes nothing."""

    def __init__(self, kinds: Collection[Kind] = ()) -> None:
        self._kinds = [kind for kind in KINDS if kind in kinds]

    def spans(self, text: str) -> list[tuple[Span, Kind]]:
        """What is taken out of a text, in order, without overlaps."""
        taken: list[tuple[Span, Kind]] = []
        for kind in self._kinds:
            for start, end in sorted(FINDS[kind][0](text), key=lambda span: (span[0], -span[1])):
                if all(end <= first or last <= start for (first, last), _ in taken):
                    taken.append(((start, end), kind))
        return sorted(taken)

    def text(self, text: str) -> str:
        """The text without them."""
        for (start, end), kind in reversed(self.spans(text)):
            text = f"{text[:start]}{FINDS[kind][1]}{text[end:]}"
        return text

    def json(self, value: Any) -> Any:
        """The same for a value as it comes out of JSON; a number that is one of them becomes a text."""
        match value:
            case _ if not self._kinds:
                return value
            case dict():
                return {self.text(name): self.json(each) for name, each in value.items()}
            case list() | tuple():
                return [self.json(each) for each in value]
            case str():
                return self.text(value)
            case int() if not isinstance(value, bool):
                written = self.text(str(value))
                return value if written == str(value) else written
            case _:
                return value

    def fields(self, state: dict[str, Any]) -> dict[str, Any]:
        """The same for a state that is read again: a field that is one of them is left out, not given a wrong value."""
        shown = {name: self.fields(each) if isinstance(each, dict) else self.json(each) for name, each in state.items()}
        return {name: each for name, each in shown.items() if not (isinstance(each, str) and each in MARKS)}


NOTHING = Redactor()
"""It changes nothing."""
