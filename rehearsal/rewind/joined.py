"""A call as it was up to a moment, and from there on as it went again: one that a scenario can be made of."""

from dataclasses import replace

from rehearsal.rewind.held_again import HeldAgain
from rehearsal.rewind.moment import Moment
from switchboard.ledger.events import Ended
from switchboard.ledger.rules import findings
from switchboard.line.workflow import Workflow
from switchboard.operate.story import CallStory


def joined(then: CallStory, moment: Moment, now: HeldAgain, line: Workflow) -> CallStory:
    """`then` with another rest."""
    events = [*moment.before, *now.rest]
    outcome = next((event.reason for event in now.rest if isinstance(event, Ended)), None)
    return replace(
        then, events=events, findings=findings(events, line.watched), call=replace(then.call, outcome=outcome)
    )
