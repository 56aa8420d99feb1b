"""The moments of a call in a room in which things go wrong, as data: what the caller does, and all that they hear."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from simulator.faults import When
from switchboard.line.context import Brief, Context, LastTurns, Nothing
from switchboard.line.voices import Voice
from switchboard.line.workflow import AgentType, Handoff, Person, Workflow
from tests.faults.agents import Front
from tests.faults.mind import STORY, WELCOME
from tests.faults.moments import ANNOUNCED
from tests.stage.agents import Desk
from tests.stage.stage import STUDIO_VOICE

Way = Literal["web", "phone"]
PIECE = "response.output_*.delta"
INTERRUPTS = "please stop now"
BACK = "front is with you again."
ANNA = Person("anna", purpose="The caller wants a person.", calling="I call a colleague now.")
VOICES: Mapping[str, Mapping[AgentType, Voice]] = {
    "native": {},
    "text": {Front: STUDIO_VOICE, Desk: STUDIO_VOICE},
    "native, then text": {Desk: STUDIO_VOICE},
}


@dataclass(frozen=True)
class Scene:
    """One call: the caller is greeted and does one thing more, of which they `hear` so much.

    The moment is the `nth` event `at` from then on, before or after it; None: when all of that has happened.
    """

    name: str
    says: str = ""
    """Typed; "": nothing more."""
    hears: Sequence[str] = ()
    tools: Sequence[str] = ()
    at: str | None = None
    nth: int = 1
    when: When = "after"
    answer: int = 0
    """So many answers of the service come before the one that it is about."""
    connections: int = 0
    """So many are made in it when all goes well."""
    context: Context | None = None
    announce: str | None = None
    forgets: bool = False
    interrupts: bool = False
    """The caller speaks over what they hear: the moment is in that."""
    person: Literal["rings", "talks"] | None = None
    """A person is brought in: the moment is while it rings, or when they have the caller."""
    way: Way = "web"
    voices: str = "native"

    @property
    def id(self) -> str:
        """Names it, of all scenes."""
        return ", ".join([self.name, self.voices, *(["phone"] if self.way == "phone" else [])])

    @property
    def spoken(self) -> bool:
        """Whether the caller speaks."""
        return self.interrupts

    @property
    def native(self) -> bool:
        """Whether all that is heard is the model's own voice."""
        return self.voices == "native"

    @property
    def in_text(self) -> bool:
        """Whether all that is heard comes from a text-to-speech of its own."""
        return self.voices == "text"

    @property
    def struck_is_heard(self) -> bool:
        """Whether the answer that it is about is the caller's; else a person hears it."""
        return self.person is None or self.answer > 0

    @property
    def greets(self) -> bool:
        """It is the greeting that it is about."""
        return not self.says

    @property
    def line(self) -> Workflow:
        """The line that is called."""
        edge = Handoff(Desk, announce=self.announce)
        edge = edge if self.context is None else replace(edge, context=self.context)
        return Workflow(
            name="faults",
            start=Front,
            handoffs={Front: (edge, ANNA), Desk: (Front,)},
            voices=VOICES[self.voices],
            rescues=(),
        )


TO_DESK = "to desk"
OPENING = f"This is desk. You said: {TO_DESK}."
HANDOFF = Scene(
    "handoff", TO_DESK, [OPENING], ["transfer_to_desk"], at="response.done", answer=1
)  # the transfer has been asked for, and is made
PLAIN = (
    Scene("greeting", at=PIECE, nth=4, connections=1),
    Scene("answer begins", "a story please", [STORY], at="response.created"),
    Scene("answer", "a story please", [STORY], at=PIECE, nth=6),
    Scene("answer ends", "a story please", [STORY], at="response.done", when="before"),
    Scene(
        "tool", "search parcel", ["front found: The parcel is on its way."], ["search"], at="response.done", answer=1
    ),
    Scene(
        "writing tool",
        "book table",
        ["front found: There is a booking of the table."],
        ["book"],
        at="response.output_item.done",
        answer=1,
    ),
    HANDOFF,
    replace(HANDOFF, name="arrival", at="session.updated", when="before"),
    replace(HANDOFF, name="handoff with last turns", context=LastTurns(1), forgets=True),
    replace(HANDOFF, name="handoff with nothing", hears=[WELCOME], context=Nothing(), forgets=True),
    replace(HANDOFF, name="handoff with a brief", hears=[WELCOME], context=Brief(), forgets=True),
    replace(HANDOFF, name="announced handoff", hears=[ANNOUNCED, OPENING], announce=ANNOUNCED),
    Scene("barge-in", "a story please", interrupts=True, at="input_audio_buffer.speech_started"),
    Scene("after a barge-in", "a story please", interrupts=True, at="input_audio_buffer.committed"),
    Scene("pause", "and now", ["front heard: and now."]),
    Scene("warm transfer, ringing", "to anna", [ANNA.calling, BACK], ["transfer_to_anna"], person="rings"),
    Scene("warm transfer", "to anna", [ANNA.calling, BACK], ["transfer_to_anna"], person="talks"),
    Scene(
        "back from a warm transfer",
        "to anna",
        [ANNA.calling, BACK],
        ["transfer_to_anna"],
        at="response.created",
        answer=1,
        person="talks",
    ),  # the person has heard the answer before
)


def _all() -> Iterator[Scene]:
    for scene in PLAIN:
        yield scene
        yield replace(scene, voices="text")
        if scene.name in ("handoff", "handoff with a brief"):
            yield replace(scene, voices="native, then text")
        if scene.greets:
            yield replace(scene, way="phone")


SCENES = {scene.id: scene for scene in _all()}
