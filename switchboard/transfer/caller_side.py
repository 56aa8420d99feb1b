"""The caller's side of a transfer to a person."""

from dataclasses import dataclass
from typing import Any

from livekit.agents import AgentSession

from switchboard.call.call import Call
from switchboard.call.ending import Ending
from switchboard.ledger.events import PersonStage, PersonStep
from switchboard.line.workflow import Person
from switchboard.realtime import CallModel
from switchboard.room.agent_track import AgentTrack
from switchboard.room.caller import CallerRoom


@dataclass(frozen=True)
class CallerSide:
    """The caller of a call in a room."""

    call: Call[Any]
    session: AgentSession[Any]
    ending: Ending
    room: CallerRoom
    track: AgentTrack
    model: CallModel

    def step(self, person: Person, stage: PersonStage, number: int = 0) -> None:
        """Write how far it has come with `person`, at their phone of that number."""
        self.call.ledger.write(PersonStep(agent=self.call.agent, target=person.id, stage=stage, phone=number))
