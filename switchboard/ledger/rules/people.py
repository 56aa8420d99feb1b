"""People: whoever asks for one should get one."""

import re
from collections.abc import Iterator, Sequence

from switchboard.ledger.events import CallerSpoke, CallTransferred, Ended, Event, PersonStep
from switchboard.ledger.rules.rule import rule

PERSON = (
    r"(?:(?:an?|the|your|some|another|any|one\ of\ your)\ )?(?:(?:real|live|actual|human|proper)\ )*"
    r"(?:person|human(?:\ being)?|manager|supervisor|colleagues?|operator|representative|member\ of\ staff"
    r"|(?:real|live|human)\ (?:agent|one)|(?:someone|somebody|anyone|anybody)\ (?:real|human|else|in\ charge))"
    r"(?!\ (?:who|that|which)\b)"
)
WANTED = re.compile(
    rf"""
    (?:^\W*|\b(?:to|i|me|please|let's)\ )(?:speak|talk|chat)\ (?:to|with)\ {PERSON}\b
    | \b(?:put|pass|transfer|connect|hand)\ me\ (?:through\ |over\ |on\ )?(?:to|with)\ {PERSON}\b
    | \b(?:get|give)\ me\ {PERSON}\b
    | (?:^\W*|\bi(?:\ want|\ need|'d\ like|\ would\ like)\ ){PERSON}\W*(?:please\W*|now\W*)?$
    """,
    re.IGNORECASE | re.VERBOSE,
)
DECLINED = re.compile(
    r"(?:n't|\b(?:not|never|no|without|rather than|instead of|told|advised))\b[^.?!,]*$", re.IGNORECASE
)
"""Before it, in the same clause: it is not wanted, or somebody else has said it."""
SERVED = ("transferred", "callback")
"""How calls end in which a person has taken the caller, or will."""


@rule("A caller asked for a person, and got none.")
def no_person(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """When a call has ended without: until then there may be one. A person who was rung was asked for."""
    asked: Event | None = None
    for event in events:
        match event:
            case CallerSpoke() if _asks(event.text):
                asked = asked or event
            case PersonStep(stage="called"):
                asked = asked or event
            case PersonStep(stage="joined") | CallTransferred(outcome="done"):
                asked = None
            case Ended(reason=reason) if asked and reason not in SERVED:
                yield asked.at, "The caller asked for a person, and the call ended without one."


def _asks(text: str) -> bool:
    said = text.replace("\u2019", "'")
    return any(not DECLINED.search(said[: found.start()]) for found in WANTED.finditer(said))
