"""What an agent may claim in a call: what its tools have done, as the ledger tells it."""

from collections.abc import Iterable, Mapping

from switchboard.ledger.events import CallTransferred, Event, HandoffDone, PersonStep, ToolCalled, ToolReturned
from switchboard.line.claims import Claim, tells
from switchboard.line.deeds import ENDING, MOVES, Deed, declared
from switchboard.line.workflow import END_CALL, AgentType, Destination, NamedTool, Workflow, transfer_name

MOVE = "transfer_to_"


class Truth:
    """Knows the deeds of one line, and which tools make each of them true. `past`: the call that goes on here."""

    def __init__(self, line: Workflow, past: Iterable[Event] = ()) -> None:
        self._makers = _makers_of(line)
        self._done: set[str] = set()
        self._told: set[Deed] = set()
        self._running: dict[str, str] = {}
        self._asked: set[str] = set()
        self._failed: set[str] = set()
        """In this turn, and has not succeeded in it: what was done before was done to something else."""
        for event in past:
            self.note(event)
        self._running.clear()
        self.next_turn()

    @property
    def deeds(self) -> Iterable[Deed]:
        """All that may be claimed."""
        return self._makers

    def makers(self, deed: Deed) -> frozenset[str]:
        """The tools any of which makes `deed` true."""
        return self._makers[deed]

    def next_turn(self) -> None:
        """The caller speaks: what is being done now has to be asked for anew."""
        self._asked = set(self._running.values())
        self._failed = set()

    def note(self, event: Event) -> None:
        """Take what has happened."""
        match event:
            case ToolCalled():
                self._running[event.call_id] = event.tool
                self._asked.add(event.tool)
            case ToolReturned():
                self._returned(event)
            case HandoffDone():
                self._done.add(f"{MOVE}{event.target}")
            case PersonStep(stage="joined"):
                self._done.add(f"{MOVE}{event.target}")
            case CallTransferred(outcome="done"):
                self._done.add(f"{MOVE}{event.target.replace(' ', '_')}")

    def holds(self, claim: Claim) -> bool:
        """Whether it is true."""
        if claim.tense == "doing" and claim.deed in (*MOVES, ENDING):  # an earlier one was another one
            backed = self._asked
        elif claim.tense == "doing":
            backed = self._asked | self._done
        else:
            backed = self._done if claim.admits else self._done - self._failed
        return bool(self._makers[claim.deed] & backed) or (claim.tense == "done" and claim.deed in self._told)

    def awaits(self, claim: Claim) -> bool:
        """Whether a tool still runs that may make it true."""
        return not self.holds(claim) and bool(self._makers[claim.deed] & set(self._running.values()))

    def runs_beside(self, call_id: str) -> bool:
        """Whether a tool runs besides that call."""
        return any(running != call_id for running in self._running)

    def _returned(self, event: ToolReturned) -> None:
        self._running.pop(event.call_id, None)
        # A move has not succeeded when its tool returns: nobody may have answered.
        if event.failed:
            self._failed.add(event.tool)
        elif not event.tool.startswith(MOVE):
            self._done.add(event.tool)
            self._failed.discard(event.tool)
        # What a tool tells may be said, one that refuses as well: "the order is cancelled already".
        self._told |= {deed for deed in self._makers if tells(event.result, deed)}


def _makers_of(line: Workflow) -> Mapping[Deed, frozenset[str]]:
    makers: dict[Deed, set[str]] = {ENDING: {END_CALL}}
    for agent in line.agents:
        for tool in agent.toolbox:
            for deed in declared(tool):
                assert isinstance(tool, NamedTool)
                makers.setdefault(deed, set()).add(tool.info.name)
        targets: list[AgentType | Destination] = [
            *(edge.target for edge in line.edges(agent)),
            *line.numbers(agent),
            *line.people(agent),
        ]
        for target in targets:
            for deed in MOVES:
                makers.setdefault(deed, set()).add(transfer_name(target))
    return {deed: frozenset(names) for deed, names in makers.items()}
