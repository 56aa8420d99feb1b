"""What a rule is, what it finds in a call, and how several are asked."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import structlog

from switchboard.ledger.events import Event

log = structlog.get_logger(__name__)


@dataclass(frozen=True)
class Finding:
    """A rule has struck, at that second of the call. The `sentence` has no words of a caller in it."""

    rule: str
    at: float
    sentence: str


Watch = Callable[[Sequence[Event]], Iterable[tuple[float, str]]]
"""At which seconds it strikes, with a sentence for each, in the events of a call that is over or still runs."""


@dataclass(frozen=True)
class Rule:
    """What is looked for in every call."""

    name: str
    sentence: str
    """What it means that it has struck, for those who choose among rules."""
    watch: Watch

    def find(self, events: Sequence[Event]) -> Iterator[Finding]:
        """Where it strikes."""
        return (Finding(self.name, at, sentence) for at, sentence in self.watch(events))


def rule(sentence: str) -> Callable[[Watch], Rule]:
    """Makes a rule of a function, with its name."""
    return lambda watch: Rule(watch.__name__, sentence, watch)


def findings(events: Sequence[Event], rules: Iterable[Rule]) -> list[Finding]:
    """What all of the rules find, in the order of the call. One that fails finds nothing, and the log says so."""
    return sorted((found for each in rules for found in _found(each, events)), key=lambda found: found.at)


def _found(each: Rule, events: Sequence[Event]) -> list[Finding]:
    try:
        return list(each.find(events))
    except Exception as error:  # noqa: BLE001 - a line's own rules are anybody's code, and its calls are not theirs
        log.error("a rule failed", rule=each.name, error=type(error).__name__)
        return []
