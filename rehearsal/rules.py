"""Ready rules: what no agent may say in any call."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence

from rehearsal.held import Held
from rehearsal.scenario import ReadyRule
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, Remembered

INTERNAL = re.compile(r"internal error|traceback|exception\b", re.IGNORECASE)
TOOL = re.compile(r"\b[a-z]+_[a-z_]+\b")
MARKS = re.compile(r"[#`|<>{}\[\]]|(?<!\*)\*{1,2}(?!\*)")
"""Three stars and more are the ledger's own, in place of a secret."""


def broken(name: ReadyRule, held: Held) -> Sequence[str]:
    """The sentences that break a rule."""
    return list(RULES[name](held))


def _before_verification(held: Held) -> Iterator[str]:
    """What an agent knows of an account, and not from the caller."""
    told = ""
    for event in held.events:
        match event:
            case Remembered(verified=dict()):
                return
            case CallerSpoke():
                told += f" {event.text.casefold()}"
            case AgentSpoke() if any(each in event.text.casefold() and each not in told for each in held.private):
                yield event.text


def _said(pattern: re.Pattern[str]) -> Callable[[Held], Iterator[str]]:
    return lambda held: (event.text for event in _words(held.events) if pattern.search(event.text))


def _words(events: Sequence[Event]) -> Iterator[AgentSpoke]:
    return (event for event in events if isinstance(event, AgentSpoke))


RULES: Mapping[ReadyRule, Callable[[Held], Iterator[str]]] = {
    "account data before verification": _before_verification,
    "a tool's name": _said(TOOL),
    "an internal error": _said(INTERNAL),
    "marks that nobody can speak": _said(MARKS),
}
