"""What somebody who looks at a running call sees that it is doing, from its events."""

from dataclasses import dataclass, field
from typing import Literal

from switchboard.ledger.events import (
    AgentSpoke,
    Answered,
    CallerSpoke,
    Event,
    HandoffDone,
    PersonStep,
    Speaks,
    ToolCalled,
    ToolReturned,
    Turn,
)

Doing = Literal["listening", "thinking", "speaking", "in a tool", "ringing a person", "with a person", "lost"]

RINGING = ("called", "ringing", "answered", "accepted")
WITH_AGENT = ("handed_back", "cut_off", "left", "unreached", "given_up")
"""After any other stage the next phone is rung."""


@dataclass
class Doings:
    """What the agent does, in the order of what is seen first: a person, a tool, the conversation."""

    person: Doing | None = None
    tools: dict[str, str] = field(default_factory=dict)
    """Those that run, by the id of their call."""
    talk: Doing = "listening"

    def note(self, event: Event) -> None:
        """What the event changes."""
        match event:
            case Answered() | CallerSpoke() | HandoffDone():
                self.talk = "thinking"
            case Speaks():
                self.talk = "speaking"
            case AgentSpoke() | Turn():
                self.talk = "listening"
            case ToolCalled():
                self.tools[event.call_id] = event.tool
            case ToolReturned():
                self.tools.pop(event.call_id, None)
                self.talk = "thinking"
            case PersonStep():
                self._person(event)
            case _:
                pass

    @property
    def now(self) -> Doing:
        return self.person or ("in a tool" if self.tools else self.talk)

    @property
    def tool(self) -> str | None:
        """The tool that was called last, if one runs."""
        return next(reversed(self.tools.values()), None)

    def _person(self, step: PersonStep) -> None:
        if step.stage in RINGING:
            self.person = "ringing a person"
        elif step.stage == "joined":
            self.person = "with a person"
        elif step.stage in WITH_AGENT:
            self.person, self.talk = None, "listening"
