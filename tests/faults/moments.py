"""The moments of a call in which things go wrong, as data: what the caller types, and all that they are to hear."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from switchboard.line.context import Brief, Context, LastTurns, Nothing
from switchboard.line.workflow import Handoff, Workflow
from tests.faults.mind import ONE_MOMENT, STORY, WELCOME
from tests.stage.agents import Desk, Lobby, Reception, Studio
from tests.stage.stage import LINE

FOUND = "reception found: The parcel is on its way."
FAREWELL = "I pass you on to them now, goodbye."
ANNOUNCED = "Just a moment, I put you through."


@dataclass(frozen=True)
class Moment:
    """`lines` are typed one after the other, each when all of `hears` that belongs to the one before was heard."""

    name: str
    lines: Sequence[tuple[str, Sequence[str]]]
    tools: Sequence[str] = ()
    """The tools that run, in order."""
    line: Workflow = LINE
    typed: bool = True
    forgets: bool = False
    """The context policy of a handoff leaves earlier turns out."""


def _to_desk(context: Context | None = None, announce: str | None = None) -> Workflow:
    edge = Handoff(Desk, announce=announce) if context is None else Handoff(Desk, context=context, announce=announce)
    return replace(LINE, handoffs={**LINE.handoffs, Reception: (edge, Studio, Lobby)})


def _handoff(name: str, said: str, hears: Sequence[str], **fields: object) -> Moment:
    target = said.split("to ")[1].split(":")[0]
    return Moment(name, [(said, hears)], [f"transfer_to_{target}"], **fields)  # type: ignore[arg-type]


def _opening(target: str, said: str) -> str:
    return f"This is {target}. You said: {said}."


TO_DESK, TO_STUDIO, WITH_FAREWELL = "to desk", "to studio", f"to desk: {FAREWELL}"
TYPED = (
    Moment("greeting", []),
    Moment("answer", [("a story please", [STORY])]),
    Moment("tool", [("look up parcel", [FOUND])], ["look_up"]),
    Moment("sentence and tool", [("see about parcel", [ONE_MOMENT, FOUND])], ["look_up"]),
    _handoff("handoff", TO_DESK, [_opening("desk", TO_DESK)]),
    _handoff("handoff with a farewell", WITH_FAREWELL, [FAREWELL, _opening("desk", WITH_FAREWELL)]),
    _handoff(
        "handoff with last turns", TO_DESK, [_opening("desk", TO_DESK)], line=_to_desk(LastTurns(1)), forgets=True
    ),
    _handoff("handoff with nothing", TO_DESK, [WELCOME], line=_to_desk(Nothing()), forgets=True),
    _handoff("handoff with a brief", TO_DESK, [WELCOME], line=_to_desk(Brief()), forgets=True),
    _handoff("announced handoff", TO_DESK, [ANNOUNCED, _opening("desk", TO_DESK)], line=_to_desk(announce=ANNOUNCED)),
    _handoff(
        "announced handoff with a farewell",
        WITH_FAREWELL,
        [FAREWELL, ANNOUNCED, _opening("desk", WITH_FAREWELL)],
        line=_to_desk(announce=ANNOUNCED),
    ),
)
NATIVE = tuple(
    replace(moment, name=f"{moment.name}, native", typed=False)
    for moment in TYPED
    if moment.name in ("answer", "sentence and tool", "handoff with a farewell")
)
MOMENTS = {moment.name: moment for moment in (*TYPED, *NATIVE)}
