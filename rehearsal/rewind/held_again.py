"""The rest of a call, held once more: its line on a simulator, its caller with the words that they had."""

from collections.abc import Sequence
from contextlib import aclosing
from dataclasses import dataclass

from rehearsal.call import CallOnTrial, HungError
from rehearsal.letters import mailbox
from rehearsal.lines import Lines
from rehearsal.prepared import Prepared
from rehearsal.record import Record
from rehearsal.recorded import Results
from rehearsal.rewind.moment import Moment
from rehearsal.typist import Typist
from simulator.mind import Mind
from simulator.options import Options
from simulator.server import Simulator
from switchboard.call.call import Caller
from switchboard.conversation import Conversation
from switchboard.ledger.events import CallerSpoke, Event
from switchboard.ledger.prices import Prices
from switchboard.ledger.timeline import timeline
from switchboard.line.workflow import Workflow
from switchboard.services.providers import Services
from switchboard.settings.environment import with_simulator
from switchboard.settings.schema import Settings
from tools import clock


@dataclass(frozen=True)
class HeldAgain:
    """What came of it."""

    rest: Sequence[Event]
    """From the turn at which it was taken up, as the ledger keeps it."""
    missing: Sequence[str] = ()
    """Tools that were called as they had not been, so that nobody knows what they give."""
    hung: str = ""
    """What the caller waited for in vain; "" for nothing."""


@dataclass(frozen=True)
class Again:
    """Holds calls of `line` from a moment on. `prepared` is the business that tools work on if they are live."""

    line: Workflow
    mind: Mind
    prepared: Prepared
    settings: Settings
    prices: Prices

    async def hold(self, moment: Moment, *, live_tools: bool) -> HeldAgain:
        """To its end. Without `live_tools` they give what they gave then."""
        clock.stop(self.prepared.now)
        record, lines = Record(), Lines(moment.person)
        results = Results(None if live_tools else moment.given, moment.given_before)
        hung = ""
        async with (
            self.prepared.copied() as database,
            aclosing(Typist()) as way,
            Simulator(self.mind, Options()) as simulator,
            aclosing(Services(with_simulator(self.settings, simulator.url))) as services,
        ):
            conversation = Conversation(
                self.line,
                services,
                database,
                Caller(),
                prices=self.prices,
                typed=True,
                past=moment.past,
                listeners=(record.note, lambda event: call.note(event)),
                in_place_of=results.in_place_of,
            )
            conversation.ledger.mask.hide(list(moment.secrets))
            call = CallOnTrial(conversation, way, lines, record, mailbox())
            async with conversation:
                try:
                    await call.hold(greeted=False)
                except HungError as error:
                    hung = str(error)
            events = await timeline(database, conversation.call.id)
        first = next((place for place, each in enumerate(events) if isinstance(each, CallerSpoke)), len(events))
        return HeldAgain(events[first:], results.missing, hung)
