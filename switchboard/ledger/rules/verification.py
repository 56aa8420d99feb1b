"""Whether callers could show who they are."""

from collections.abc import Iterator, Sequence

from switchboard.ledger.events import Ended, Event, Remembered, ToolReturned, VerificationHeld
from switchboard.ledger.rules.rule import rule

CHECKS = "verify_"
"""How the tools begin that check who calls."""


@rule("A caller was refused: they could not show who they are.")
def verification_refused(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
    """When their tries are used up, and at the end of a call in which they tried and none was enough."""
    failed: ToolReturned | None = None
    held = verified = False
    for event in events:
        match event:
            case VerificationHeld():
                held = True
                yield event.at, f"Too many tries at verification: the next ones wait, by {' and '.join(event.held)}."
            case ToolReturned(failed=True, tool=tool) if tool.startswith(CHECKS):
                failed = event
            case Remembered():
                verified = event.verified is not None
            case Ended() if failed and not verified and not held:
                yield failed.at, f"The caller was not verified by {failed.tool}, and no other try was enough."
