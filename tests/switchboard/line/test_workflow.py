"""What a workflow refuses, and what it tells of itself."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import function_tool
from pydantic import BaseModel

from switchboard.ledger.events import Event
from switchboard.ledger.rules import RULES, rule
from switchboard.line.agent import VoiceAgent
from switchboard.line.callback import Callback
from switchboard.line.context import LastTurns
from switchboard.line.graph import as_mermaid, as_text
from switchboard.line.voices import CartesiaVoice
from switchboard.line.workflow import Handoff, Number, Person, Workflow, WorkflowError, transfer_name
from tests.stage.agents import Desk, Lobby, Reception, Studio
from tests.stage.stage import LINE


def refusal(**fields: Any) -> str:
    with pytest.raises(WorkflowError) as refused:
        Workflow(**{"name": "broken", "start": Reception, "handoffs": {Reception: ()}, **fields})
    return str(refused.value)


def agent(name: str, prompt: Path | None = None, **attributes: Any) -> type[VoiceAgent]:
    words = {"purpose": "Somebody has to.", "opening": "Say something."}
    if prompt is not None:
        attributes["prompt_file"] = classmethod(lambda cls: prompt)
    return type(name, (VoiceAgent,), {**words, **attributes})


def test_an_edge_to_an_agent_that_is_not_declared_is_refused() -> None:
    assert refusal(handoffs={Reception: (Desk,)}) == (
        "line broken: Reception -> Desk: Desk is not declared; give it an entry in handoffs"
    )


def test_an_agent_that_cannot_be_reached_is_refused() -> None:
    assert refusal(handoffs={Reception: (Desk,), Desk: (), Studio: (Desk,)}) == (
        "line broken: Studio cannot be reached from Reception; add an edge to it"
    )


def test_two_agents_of_one_name_are_refused() -> None:
    twin = agent("Desk")
    text = refusal(handoffs={Reception: (Desk, twin), Desk: (), twin: ()})

    assert text.startswith("line broken: two agents are named desk: tests.stage.agents.Desk and ")


def test_a_prompt_that_names_a_tool_its_agent_does_not_have_is_refused(tmp_path: Path) -> None:
    prompt = tmp_path / "lost.md"
    prompt.write_text("Use `transfer_to_desk` and `open_sesame`, never `orders`.")
    lost = agent("Lost", prompt)

    assert refusal(start=lost, handoffs={lost: (Desk,), Desk: ()}) == (
        "line broken: the prompt of Lost names `open_sesame`, a tool that it does not have; "
        "it has end_call, transfer_to_desk"
    )


def test_an_agent_without_a_prompt_is_refused_with_the_file_to_write(tmp_path: Path) -> None:
    silent = agent("Silent", tmp_path / "silent.md")

    assert refusal(start=silent, handoffs={silent: ()}) == (
        f"line broken: Silent has no prompt: write {tmp_path / 'silent.md'}"
    )


@pytest.mark.parametrize("missing", ["purpose", "opening"])
def test_an_agent_without_purpose_or_opening_is_refused(missing: str) -> None:
    assert refusal(start=agent("Vague", None, **{missing: " "}), handoffs={}) == f"line broken: Vague has no {missing}"


def test_a_line_adds_rules_of_its_own_and_none_of_a_name_that_there_is() -> None:
    @rule("Somebody was sad.")
    def sad(events: Sequence[Event]) -> Iterator[tuple[float, str]]:
        yield from ()

    line = Workflow(name="watched", start=Reception, handoffs={Reception: ()}, rules=(sad,))
    assert line.watched == (*RULES.values(), sad)
    assert refusal(rules=(RULES["dead_air"],)) == "line broken: two rules are named dead_air"
    assert refusal(rules=(sad, sad)) == "line broken: two rules are named sad"


def test_an_edge_to_itself_is_refused() -> None:
    assert refusal(handoffs={Reception: (Reception,)}) == (
        "line broken: Reception -> Reception: an agent cannot hand the caller to itself"
    )


def test_an_edge_declared_twice_is_refused() -> None:
    handoffs = {Reception: (Desk, Handoff(Desk, announce="One moment.")), Desk: ()}

    assert refusal(handoffs=handoffs) == "line broken: Reception -> Desk is declared twice"


def test_a_voice_for_an_agent_that_is_not_on_the_line_is_refused() -> None:
    assert refusal(voices={Lobby: CartesiaVoice("x")}) == (
        "line broken: voices names Lobby, which is not an agent of this line"
    )


def test_a_name_that_cannot_stand_in_metadata_is_refused() -> None:
    assert refusal(name="My Line") == "line My Line: the name must be lower-case letters, digits and dashes"


def test_a_policy_of_no_turns_is_refused() -> None:
    with pytest.raises(ValueError, match="at least 1"):
        LastTurns(0)


def test_a_workflow_cannot_be_changed() -> None:
    with pytest.raises(AttributeError):
        LINE.name = "other"  # type: ignore[misc]


def test_the_graph_names_every_agent_and_every_edge() -> None:
    text, mermaid = as_text(LINE), as_mermaid(LINE)

    for each in LINE.agents:
        assert each.name() in text
        for edge in LINE.edges(each):
            assert f"    {each.name()} --> {edge.target.name()}" in mermaid


DESK = Person("shop desk", purpose="The caller asks for a person.")


def test_a_person_is_a_target_like_an_agent() -> None:
    line = Workflow(name="line", start=Reception, handoffs={Reception: (DESK,)})

    assert line.people(Reception) == (DESK,)
    assert line.edges(Reception) == ()
    assert transfer_name(DESK) in line.tool_names(Reception)
    assert "-> shop desk (a person)" in as_text(line)
    assert "reception -->|a person| shop_desk([shop desk])" in as_mermaid(line)


@pytest.mark.parametrize("place", [Person("shop desk", purpose=" "), Number("shop desk", purpose="")])
def test_a_place_without_a_purpose_is_refused(place: Person | Number) -> None:
    assert refusal(handoffs={Reception: (place,)}) == "line broken: Reception -> 'shop desk': it has no purpose"


def test_two_places_of_one_name_are_refused() -> None:
    number = Number("shop desk", purpose="Somebody has to.")

    assert "has that name" in refusal(handoffs={Reception: (number, DESK)})


def test_a_person_named_as_nobody_speaks_is_refused() -> None:
    assert "lower-case words" in refusal(handoffs={Reception: (Person("Shop-Desk", purpose="Always."),)})


ANNA = Person("anna", purpose="The caller wants a person.")
DEPOT = Number("depot", purpose="The caller wants the depot.")
PLACES = {Reception: (Desk, Studio, Lobby, DEPOT, ANNA), Desk: (), Studio: (), Lobby: ()}


async def _nothing(_call: Any, _number: str) -> None:
    """Books nothing."""


@pytest.mark.parametrize(
    ("rescue", "name"),
    [
        (Person("otto", purpose="Nobody leads here."), "'otto'"),
        (Number("depot", purpose="Another purpose."), "'depot'"),
        (Person("depot", purpose=DEPOT.purpose), "'depot'"),
    ],
)
def test_a_rescue_by_somebody_whom_the_line_has_not_is_refused(rescue: Any, name: str) -> None:
    assert refusal(handoffs=PLACES, rescues=(ANNA, rescue)) == (
        f"line broken: rescues names {name}, which is no person and no number of this line"
    )


@pytest.mark.parametrize(("rescue", "name"), [(ANNA, "'anna'"), (Callback(_nothing), "a callback")])
def test_a_rescue_named_twice_is_refused(rescue: Any, name: str) -> None:
    assert refusal(handoffs=PLACES, rescues=(rescue, DEPOT, rescue)) == f"line broken: rescues names {name} twice"


def test_callers_whom_nobody_serves_are_for_the_lines_people_unless_it_says_otherwise() -> None:
    by_itself, told = (Workflow(name="w", start=Reception, handoffs=PLACES, rescues=each) for each in (None, (DEPOT,)))

    assert by_itself.rescued_by == (ANNA,)
    assert told.rescued_by == (DEPOT,)
    assert Workflow(name="w", start=Reception, handoffs=PLACES, rescues=()).rescued_by == ()


def test_what_a_person_is_waited_for_with_is_recorded_if_they_are_a_rescue() -> None:
    with_her, without = (Workflow(name="w", start=Reception, handoffs=PLACES, rescues=each) for each in (None, ()))

    assert with_her.recorded_words - without.recorded_words == {ANNA.calling, ANNA.waiting}
    assert without.recorded_words == set(without.words.all)


def test_a_missing_comma_is_told_where_it_is_missing() -> None:
    assert refusal(handoffs={Reception: (Desk), Desk: ()}) == (
        "line broken: handoffs of Reception is Desk and no tuple; a tuple of one needs a comma: (Desk,)"
    )
    assert refusal(rescues=Person("boss", purpose="Always.")).startswith(
        "line broken: rescues is Person(...) and no tuple"
    )
    assert refusal(secrets="code") == "line broken: secrets is the text 'code'; write frozenset({'code'})"


@pytest.mark.parametrize("edge", ["desk", 7, Workflow, function_tool])
def test_an_edge_to_what_is_no_agent_is_refused(edge: object) -> None:
    assert "which is no agent's class, no Handoff, Person or Number" in refusal(handoffs={Reception: (edge,)})
    assert "line broken: start has " in refusal(start=edge, handoffs={})


@function_tool
async def without_words(question: str) -> str:
    return question


@function_tool
async def untyped(question) -> str:  # type: ignore[no-untyped-def]
    """Answer."""
    return str(question)


async def plain(question: str) -> str:
    """Answer."""
    return question


@function_tool
async def lookup(question: str) -> str:
    """Look it up."""
    return question


@pytest.mark.parametrize(
    ("toolbox", "problem"),
    [
        (lookup, "the toolbox of Clerk is lookup and no tuple; a tuple of one needs a comma: (lookup,)"),
        ((without_words,), "the tool without_words of Clerk has no docstring, which is the model's manual"),
        ((untyped,), "the tool untyped of Clerk does not say what its argument question is; give it a type, such as"),
        ((plain,), "the tool plain of Clerk is no tool; write @function_tool above plain"),
    ],
)
def test_a_tool_that_the_model_could_not_use_is_refused(toolbox: object, problem: str) -> None:
    clerk = agent("Clerk", toolbox=toolbox)

    assert refusal(start=clerk, handoffs={}).startswith(f"line broken: {problem}")


@pytest.mark.parametrize(
    "words", ["Call `search` at once.", "You may use `search`.", "Then `search()` it.", "calling `search`"]
)
def test_one_word_that_a_prompt_says_to_call_is_a_tool(tmp_path: Path, words: str) -> None:
    prompt = tmp_path / "clerk.md"
    prompt.write_text(words)

    assert "names `search`, a tool that it does not have" in refusal(start=agent("Clerk", prompt), handoffs={})


def test_one_word_in_backticks_may_be_anything_else(tmp_path: Path) -> None:
    prompt = tmp_path / "clerk.md"
    prompt.write_text("Say `yes`, never `orders`. The status is `open`. Call `lookup`. Recall `that`.")
    clerk = agent("Clerk", prompt, toolbox=(lookup,))

    assert Workflow(name="whole", start=clerk, handoffs={}).agents == (clerk,)


class Needy(BaseModel):
    """Cannot be empty."""

    number: int


class Wrong(BaseModel):
    """Its default is none."""

    number: int = "none"  # type: ignore[assignment]


def test_a_state_that_a_call_cannot_begin_with_is_refused() -> None:
    assert refusal(state=Needy) == (
        "line broken: the state Needy needs a value for number, and a call begins without one; give it a default"
    )
    assert refusal(state=Wrong).startswith(
        "line broken: the state Wrong has a default for number that is of another type"
    )
