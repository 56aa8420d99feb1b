"""An answer that was given, and had to be asked for once more."""

import re
from collections.abc import Iterator, Sequence

from switchboard.ledger.events import AgentSpoke, CallerSpoke, Event, Failed, Repeated
from switchboard.ledger.rules.rule import rule

PARDON = re.compile(
    r"""
    \b(?:can|could|would|will)\ you\ (?:please\ )?
        (?:repeat\ (?:that|it|this)|say\ (?:that|it|this)\ (?:again|once\ more|one\ more\ time))\b
    | ^\W*(?:(?:sorry|please)\W+)?(?:say\ (?:that|it)\ again|repeat\ that)\b
    | \bwhat\ (?:did|was\ (?:it|that))\ you\ (?:just\ )?sa(?:y|id)\W*$
    | ^\W*(?:(?:i'm\ |i\ am\ )?sorry\W+)?(?:pardon(?:\ me)?|come\ again|what\ was\ that)\W*$
    | \bi\ (?:didn't|did\ not|couldn't|could\ not|can't|can\ not|cannot)\ (?:quite\ )?
        (?:hear|catch|understand)\ (?:that|you|it|what\ you)\b
    | \bare\ you\ (?:still\ )?there\W*$
    | ^\W*hello\W*\?\W*$
    """,
    re.IGNORECASE | re.VERBOSE,
)
"""The whole of it asks for what was said, not for a thing."""
CONNECTION = "APIConnectionError"
"""The service was away; an answer that it owed may not have been begun."""


@rule("An answer was asked for again: by the caller, by the model, or of a service that had failed.")
def asked_again(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """By a caller only once they have been answered: "Hello?" is how calls begin."""
    answers = 0
    spoken = False
    for event in events:
        match event:
            case AgentSpoke():
                answers += 1
            case CallerSpoke(text=text):
                if answers and spoken and PARDON.search(text.replace("\u2019", "'")):
                    yield event.at, "The caller asked to hear it again."
                spoken = True
            case Repeated():
                yield event.at, f"{event.agent} asked {event.tool} for what it had just been given."
            case Failed(recoverable=True, message=message) if message != CONNECTION:
                yield event.at, "A service failed, and was asked again."
