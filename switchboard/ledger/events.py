"""What can happen in a call, as typed events."""

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

EndReason = Literal[
    "goodbye", "caller_left", "nobody_came", "silence", "maximum_length", "maximum_cost", "transferred", "callback",
    "unserved", "error", "stopped", "moved",
]  # fmt: skip
TransferOutcome = Literal["done", "busy", "no_answer", "declined", "failed"]
PersonStage = Literal[
    "called", "ringing", "answered", "accepted", "joined", "handed_back", "cut_off", "left",
    "declined", "not_accepted", "hung_up", "busy", "no_answer", "failed", "unreached", "given_up",
]  # fmt: skip


WaitsFor = Literal["tool", "service"]
Work = Literal["answer", "transcription", "speech"]
Unit = Literal[
    "text_in", "text_in_cached", "audio_in", "audio_in_cached", "image_in", "image_in_cached",
    "text_out", "audio_out", "characters", "seconds",
]  # fmt: skip
"""Tokens by kind, those that came from the service's cache apart; characters that were spoken; seconds of sound."""
LaneName = Literal["caller", "agent", "person"]
RecordingStage = Literal["announced", "began", "paused", "resumed", "stored", "failed"]
RescuedBy = Literal["person", "number", "callback"]
RescueOutcome = Literal["tried", "served", "not_wanted", "failed"]


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
    caller: str | None = None
    """The number of a caller on the phone, masked."""
    versions: dict[str, str] = Field(default_factory=dict)
    """What the call runs with: a hash of the content of "workflow", of each "prompt:<agent>" and "tool:<name>"."""


class CallerSpoke(Happening):
    kind: Literal["caller_spoke"] = "caller_spoke"
    text: str
    typed: str | None = None
    """What their page calls the line, if they typed it there."""


class AgentSpoke(Happening):
    """A sentence as far as the caller heard it."""

    kind: Literal["agent_spoke"] = "agent_spoke"
    agent: str
    text: str
    interrupted: bool = False


class Speaks(Happening):
    """The agent begins to be heard; what they have said follows when it is over."""

    kind: Literal["speaks"] = "speaks"
    agent: str


class Turn(Happening):
    """From the caller's last word to the agent's answer. Times in milliseconds are from `ended_at`.

    Written when the answer is over, has been cut short, or the caller speaks again before there is one.
    """

    kind: Literal["turn"] = "turn"
    agent: str
    """Who answered, or was to."""
    ended_at: float
    """When the caller had finished, on the clock of `at`."""
    first_token_ms: float | None = None
    """Until the service began to answer; None: it did not."""
    first_sound_ms: float | None = None
    """Until the caller heard the first word of the answer; None: they did not."""
    interrupted_at: float | None = None
    """When the caller spoke over the answer, on the clock of `at`; None: they let it finish."""
    silence_ms: float | None = None
    """How long the caller heard nothing at all: until the answer, words for a wait, or music; None: to the end."""


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


class Repeated(Happening):
    """The model has asked for what it had just been given: the same tool with the same arguments, so many times."""

    kind: Literal["repeated"] = "repeated"
    agent: str
    tool: str
    times: int


class SaidNotDone(Happening):
    """An agent has claimed what no tool had done, and the caller has heard it."""

    kind: Literal["said_not_done"] = "said_not_done"
    agent: str
    tools: tuple[str, ...]
    """Those that would make it true."""
    text: str
    corrected: bool
    """Whether the model was told of it: once a turn."""


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


class CallTransferred(Happening):
    """The caller's phone was sent elsewhere, or came back. `target` is the workflow's name for it, never an address."""

    kind: Literal["call_transferred"] = "call_transferred"
    agent: str
    target: str
    outcome: TransferOutcome
    ms: float
    """From asking for it to knowing how it ended."""


class PersonStep(Happening):
    """A step of a warm transfer. `target` is the workflow's name for the person, never a number.

    called, ringing, answered, accepted, joined; then handed_back (the agent has the caller again), cut_off (so it has,
    because they could not be kept together) or left (the person has hung up). A phone is given up as declined,
    not_accepted (a voicemail, perhaps), hung_up, busy, no_answer or failed; unreached: that was the last one. given_up:
    the caller did not wait.
    """

    kind: Literal["person"] = "person"
    agent: str
    target: str
    stage: PersonStage
    phone: int = 0
    """Which of the person's phones, from 1; 0: none of them."""


class PersonSpoke(Happening):
    """What a person said to the caller, where notes are taken, or about them, when they handed them back."""

    kind: Literal["person_spoke"] = "person_spoke"
    target: str
    text: str


class Remembered(Happening):
    """What the call knows now, written when it has changed: enough to take it up again."""

    kind: Literal["remembered"] = "remembered"
    state: dict[str, Any]
    verified: dict[str, str] | None


class Filled(Happening):
    """What a caller who waited heard meanwhile: words of the line's, or music."""

    kind: Literal["filled"] = "filled"
    agent: str
    waits_for: WaitsFor
    text: str
    """The words; "" for music."""


class Used(Happening):
    """What an answer, a transcription or a speech took of a service, in its own units; none of them is 0."""

    kind: Literal["used"] = "used"
    agent: str
    """For whom: the agent, or the person who was briefed."""
    work: Work
    model: str
    """As the service names it; a deployment, where it names that."""
    units: dict[Unit, float]


class VerificationHeld(Happening):
    """So many tries at verification have failed that the next ones have to wait.

    `held` are kinds ("postcode", "number"), never what they stand for.
    """

    kind: Literal["verification_held"] = "verification_held"
    held: tuple[str, ...]


class RescueStep(Happening):
    """How far it has come with helping a caller whom the service does not serve any more.

    `target` is the workflow's name for a person or a number, "" for a callback. not_wanted: the caller did not say yes.
    """

    kind: Literal["rescue"] = "rescue"
    agent: str
    by: RescuedBy
    target: str = ""
    outcome: RescueOutcome


class Recording(Happening):
    """A step of the call's recording, if its line is recorded.

    announced: the caller has heard that it is; began: of these lanes; paused, resumed: nothing between is kept; stored;
    failed: there is none, or not all of it.
    """

    kind: Literal["recording"] = "recording"
    stage: RecordingStage
    lanes: tuple[LaneName, ...] = ()
    reason: str = ""
    """Of a pause: "asked for", "typed" or "said" (a secret); of a failure: the kind of the error."""
    since: float | None = None
    """Of a pause: since when nothing is kept, in seconds like `at`; a secret may be known late."""
    left_out_ms: int = 0
    """So much sound is missing, because the worker did not keep up."""


class Erased(Happening):
    """All words of the call were removed when `wall` says, and none has been kept since. It comes first."""

    kind: Literal["erased"] = "erased"


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
    | Speaks
    | Turn
    | ToolCalled
    | ToolReturned
    | Repeated
    | SaidNotDone
    | HandoffAsked
    | HandoffDone
    | CallTransferred
    | PersonStep
    | PersonSpoke
    | Remembered
    | Filled
    | Used
    | VerificationHeld
    | RescueStep
    | Recording
    | Erased
    | Failed
    | Recovered
    | Ended,
    Field(discriminator="kind"),
]

EVENT: TypeAdapter[Event] = TypeAdapter(Event)
