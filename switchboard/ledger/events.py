"""What can happen in a call, as typed events."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

EndReason = Literal["goodbye", "caller_left", "nobody_came", "silence", "maximum_length", "error", "stopped"]


class Happening(BaseModel):
    """What every event has: its place in the call, and two clocks. `Ledger.write` fills them in."""

    model_config = ConfigDict(frozen=True)

    seq: int = 0
    at: float = 0.0
    """Seconds since the call began, monotonic."""
    wall: datetime | None = None
    """UTC."""


class Answered(Happening):
    kind: Literal["answered"] = "answered"
    line: str
    agent: str
    provider: str
    resumes: str | None = None
    """The call that broke off and goes on here."""


class CallerSpoke(Happening):
    kind: Literal["caller_spoke"] = "caller_spoke"
    text: str


class AgentSpoke(Happening):
    """A sentence as far as the caller heard it."""

    kind: Literal["agent_spoke"] = "agent_spoke"
    agent: str
    text: str
    interrupted: bool = False


class ToolCalled(Happening):
    kind: Literal["tool_called"] = "tool_called"
    agent: str
    tool: str
    call_id: str
    arguments: dict[str, Any]


class ToolReturned(Happening):
    kind: Literal["tool_returned"] = "tool_returned"
    agent: str
    tool: str
    call_id: str
    result: str
    failed: bool
    ms: float


class HandoffAsked(Happening):
    kind: Literal["handoff_asked"] = "handoff_asked"
    source: str
    target: str


class HandoffDone(Happening):
    """The next agent has the caller. All times in milliseconds."""

    kind: Literal["handoff_done"] = "handoff_done"
    source: str
    target: str
    arrived_ms: float
    """From the transfer tool's call to the next agent's request for an answer."""
    spoke_ms: float | None
    """From the transfer tool's call to the next agent's first sound; None when the caller speaks first."""
    silence_ms: float | None
    """What the caller heard of it: from the last agent's last sound to the next one's first."""
    socket_kept: bool


class Remembered(Happening):
    """What the call knows now, written when it has changed: enough to take it up again."""

    kind: Literal["remembered"] = "remembered"
    state: dict[str, Any]
    verified: dict[str, str] | None


class Failed(Happening):
    kind: Literal["error"] = "error"
    source: str
    message: str
    recoverable: bool


class Recovered(Happening):
    kind: Literal["recovered"] = "recovered"
    source: str
    ms: float


class Ended(Happening):
    kind: Literal["ended"] = "ended"
    reason: EndReason


Event = Annotated[
    Answered
    | CallerSpoke
    | AgentSpoke
    | ToolCalled
    | ToolReturned
    | HandoffAsked
    | HandoffDone
    | Remembered
    | Failed
    | Recovered
    | Ended,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
