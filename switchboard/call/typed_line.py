"""A line that a caller has typed."""

from dataclasses import dataclass

from switchboard.ledger.events import CallerSpoke


@dataclass(frozen=True)
class TypedLine:
    """As they typed it. Their page calls it `name`; None: it has no name, as what is typed on a keypad."""

    text: str
    name: str | None = None

    def spoken(self) -> CallerSpoke:
        """It, as an event."""
        return CallerSpoke(text=self.text, typed=self.name)
