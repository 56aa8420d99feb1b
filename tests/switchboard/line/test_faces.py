"""What pages show of a line comes from the line: its own words, or ones made of its names."""

import re
from pathlib import Path
from typing import Any

import pytest
from livekit.agents import function_tool, llm

from app.lines import LINES
from switchboard.line.face import COLOURS, Face
from switchboard.line.front import Front
from switchboard.line.graph import as_text
from switchboard.line.limit import limited
from switchboard.line.shown import Shown, shown, shows
from switchboard.line.workflow import Number, Person, Workflow, WorkflowError
from tests.stage.agents import Desk, Reception, Studio, look_up

WEB = Path(__file__).parents[3] / "web"
HARBOUR = Person("harbour master", purpose="The caller wants the harbour.", face=Face(colour="green"))
DOCK = Number("dock nine", purpose="The caller wants the dock.", face=Face("Dock 9", role="Ships"))


class Owl(Reception):
    """One with a face of its own."""

    face = Face("Night owl", role="Answers at night", colour="blue")

    @classmethod
    def prompt_file(cls) -> Path:
        return Reception.prompt_file()


def moon(running: str, **words: str) -> llm.FunctionTool[..., Any]:
    @function_tool
    @shows(running, **words)
    async def ask_moon() -> str:
        """Ask the moon."""
        return "It is full."

    return ask_moon


def line(**fields: Any) -> Workflow:
    edges = {Reception: (Desk, Studio, HARBOUR, DOCK), Desk: (), Studio: ()}
    return Workflow(**{"name": "night-line", "start": Reception, "handoffs": edges, **fields})


def with_face(face: Any) -> Workflow:
    agent = type("Desk", (Desk,), {"face": face, "prompt_file": Desk.prompt_file})
    return line(handoffs={Reception: (agent,), agent: ()})


def with_tool(*tools: Any) -> Workflow:
    agent = type("Desk", (Desk,), {"toolbox": tools, "prompt_file": Desk.prompt_file})
    return line(handoffs={Reception: (agent,), agent: ()})


def refusal(make: Any, *given: Any, **named: Any) -> str:
    with pytest.raises(WorkflowError) as refused:
        make(*given, **named)
    return str(refused.value).removeprefix("line night-line: ")


def test_who_says_nothing_is_called_by_their_id_and_gets_a_colour_that_nobody_has_chosen() -> None:
    assert line().faces == {
        "reception": Face("Reception", "", "blue"),  # green is the harbour master's
        "desk": Face("Desk", "", "violet"),
        "studio": Face("Studio", "", "teal"),
        "harbour_master": Face("Harbour master", "", "green"),
        "dock_nine": Face("Dock 9", "Ships", "magenta"),
    }


def test_a_face_is_shown_as_it_is_declared() -> None:
    assert line(start=Owl, handoffs={Owl: ()}).faces == {"owl": Face("Night owl", "Answers at night", "blue")}


def test_colours_begin_again_where_there_are_more_agents_than_colours() -> None:
    places = tuple(Person(f"place {number}", purpose="The caller wants it.") for number in range(9))
    faces = line(handoffs={Reception: places}).faces

    assert [face.colour for face in faces.values()] == [*COLOURS, *COLOURS[:2]]


@pytest.mark.parametrize(
    ("face", "problem"),
    [
        ("Desk", "Desk: its face is 'Desk'; write Face('Desk')"),
        (Face(" Desk"), "Desk: the label of its face begins or ends with a space"),
        (Face("A\nB"), "Desk: the label of its face has a line break, or a character that cannot be seen"),
        (Face("\u202eksed"), "Desk: the label of its face has a line break, or a character that cannot be seen"),
        (Face("A" * 33), "Desk: the label of its face has 33 characters; there is room for 32"),
        (Face(role="x" * 61), "Desk: the role of its face has 61 characters; there is room for 60"),
        (Face(role=3), "Desk: the role of its face is 3; write a text"),  # type: ignore[arg-type]
        (
            Face(colour="red"),  # type: ignore[arg-type]
            f"Desk: the colour of its face is 'red'; it can be {', '.join(COLOURS)}",
        ),
        (Face("Reception"), "two of its faces are labelled 'Reception'; a caller could not tell them apart"),
    ],
)
def test_a_face_that_a_page_cannot_show_is_refused(face: Any, problem: str) -> None:
    assert refusal(with_face, face) == problem


def test_the_face_of_a_place_is_checked_too() -> None:
    handoffs = {Reception: (Person("far desk", purpose="The caller wants it.", face=Face("x" * 40)),)}
    assert refusal(line, handoffs=handoffs) == (
        "'far desk': the label of its face has 40 characters; there is room for 32"
    )


def test_a_tool_is_shown_in_its_own_words_or_in_words_made_of_its_name() -> None:
    told = with_tool(look_up, moon("Asking the moon", failed="The moon is silent")).shown

    assert told["ask_moon"] == Shown("Asking the moon", "Asking the moon: done", "The moon is silent")
    assert told["look_up"] == Shown("Look up", "Look up: done", "Look up: that didn’t work")


def test_what_is_shown_of_a_tool_stays_when_its_time_is_limited() -> None:
    assert shown(limited(moon("Asking"), 3)) == Shown("Asking")


def test_words_about_a_tool_that_a_page_cannot_show_are_refused() -> None:
    assert refusal(with_tool, look_up, moon("x" * 61)) == (
        "the tool ask_moon: what is shown when it is running has 61 characters; there is room for 60"
    )


def test_two_tools_of_one_name_are_shown_in_the_same_words() -> None:
    assert refusal(with_tool, look_up, moon("Asking the moon"), moon("Asking the sun")) == (
        "two tools are named ask_moon and show callers different words; give both the same @shows"
    )


def test_a_line_without_words_of_its_own_is_called_by_its_name() -> None:
    assert line().front.completed("night-line") == Front(brand="Night line")


@pytest.mark.parametrize(
    ("front", "problem"),
    [
        (Front(topics="Hello"), "the topics of its front are one text; write topics=('Hello',)"),  # type: ignore[arg-type]
        (Front(topics=("",) * 7), "its front has 7 topics; there is room for 6"),
        (Front(topics=("x" * 61,)), "a topic of its front has 61 characters; there is room for 60"),
        (Front(lead="a\u2028b"), "the lead of its front has a line break, or a character that cannot be seen"),
    ],
)
def test_words_of_a_line_that_a_page_cannot_show_are_refused(front: Front, problem: str) -> None:
    assert refusal(line, front=front) == problem


def test_the_graph_tells_how_an_agent_is_shown() -> None:
    assert "shown as: Desk, violet" in as_text(line())


def words_of(chosen: Workflow) -> set[str]:
    """All names of a line, and all that callers are shown of it; single words may be a page's own, too."""
    front = chosen.front
    words = {front.brand, front.tagline, front.lead, *front.topics, *chosen.faces, *chosen.shown}
    words |= {place.name for place in chosen.places} | {face.label for face in chosen.faces.values()}
    words |= {text for each in chosen.shown.values() for text in (each.running, each.done, each.failed)}
    return {each for each in words if " " in each or "_" in each} | {"greeter", "escalation", "Fernway"}


@pytest.mark.parametrize("name", LINES)
def test_no_page_knows_anything_of_our_lines(name: str) -> None:
    pages = [WEB / "index.html", WEB / "operate.html", *(WEB / "src").rglob("*.*")]
    known = re.compile("|".join(rf"(?<!\w){re.escape(words)}(?!\w)" for words in words_of(LINES[name])))

    assert {page.name: known.findall(page.read_text(encoding="utf-8")) for page in pages} == {
        page.name: [] for page in pages
    }
