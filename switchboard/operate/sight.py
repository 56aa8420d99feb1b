"""How much of what was said somebody may see."""

import re
from collections.abc import Mapping
from enum import Enum
from typing import Any

from switchboard.ledger.mask import MASK
from switchboard.redaction.spoken import runs

LEAST = 4
"""So many digits tell who somebody is, or open something."""
PARTS = frozenset(("text", "arguments", "result", "state", "verified"))
"""The parts of events in which callers' words stand, and what became of them."""
_ADDRESS = re.compile(r"[^\s@]+@[^\s@]+\.[^\s@]+")


class Sight(Enum):
    """Callers' numbers are masked for everybody: no other form of them is kept."""

    ALL = "all"
    MASKED = "masked"
    """Without numbers and e-mail addresses in what was said and done, typed or spoken out."""

    def event(self, event: Mapping[str, Any]) -> dict[str, Any]:
        """An event as JSON has it, as it may be seen."""
        return {name: self._seen(value) if name in PARTS else value for name, value in event.items()}

    def _seen(self, value: Any) -> Any:
        if self is Sight.ALL:
            return value
        match value:
            case dict():
                return {name: self._seen(each) for name, each in value.items()}
            case list() | tuple():
                return [self._seen(each) for each in value]
            case str():
                return _masked(value)
            case bool() | None:
                return value
            case _:
                return MASK if _masked(str(value)) != str(value) else value


def _masked(text: str) -> str:
    for run in reversed(list(runs(text))):
        if sum(len(token.digits) for token in run) >= LEAST:
            text = f"{text[: run[0].start]}{MASK}{text[run[-1].end :]}"
    return _ADDRESS.sub(MASK, text)
