"""What a page is told of a line."""

from dataclasses import replace

from switchboard.http.lines import as_answer
from switchboard.line.face import Face
from switchboard.line.front import Front
from switchboard.line.voices import AzureVoice, CartesiaVoice, Voice
from switchboard.line.workflow import AgentType, Person, Workflow
from tests.stage.agents import Desk, Lobby, Reception

DESK = Person(
    "shop desk", purpose="The caller asks for a person.", face=Face("The desk", role="Knows all", colour="slate")
)
LINE = Workflow(name="line", start=Reception, handoffs={Reception: (DESK,)})


def test_a_person_with_a_phone_stands_in_the_picture() -> None:
    answer = as_answer(LINE, {"shop desk"})

    assert [(agent.name, agent.voice) for agent in answer.agents] == [("reception", "native"), ("shop_desk", "person")]
    assert [(edge.from_, edge.to) for edge in answer.edges] == [("reception", "shop_desk")]


def test_the_edges_between_agents_and_those_to_people_stand_side_by_side() -> None:
    line = Workflow(name="line", start=Reception, handoffs={Reception: (Desk, DESK), Desk: (Reception,)})

    assert [(edge.from_, edge.to, edge.announced) for edge in as_answer(line, {"shop desk"}).edges] == [
        ("reception", "desk", False),
        ("desk", "reception", False),
        ("reception", "shop_desk", True),
    ]


def test_each_voice_has_its_name() -> None:
    edges = {Reception: (Desk, Lobby), Desk: (), Lobby: ()}
    voices: dict[AgentType, Voice] = {Reception: AzureVoice("alloy"), Desk: CartesiaVoice("a-voice")}
    line = Workflow(name="line", start=Reception, handoffs=edges, voices=voices)

    assert {agent.name: agent.voice for agent in as_answer(line).agents} == {
        "reception": "azure",
        "desk": "cartesia",
        "lobby": "native",
    }


def test_a_person_without_one_does_not() -> None:
    assert [agent.name for agent in as_answer(LINE).agents] == ["reception"]


def test_whatever_is_shown_of_a_line_is_told_with_it() -> None:
    front = Front(brand="Night & Co", title="What is it?", topics=("Is it late?",))
    told = as_answer(replace(LINE, name="night-line", front=front), {"shop desk"}).model_dump()

    assert told["front"] == {
        "brand": "Night & Co",
        "tagline": "",
        "title": "What is it?",
        "lead": Front().lead,
        "topics": ["Is it late?"],
    }
    assert [(each["label"], each["role"], each["colour"]) for each in told["agents"]] == [
        ("Reception", "", "green"),
        ("The desk", "Knows all", "slate"),
    ]
    assert told["tools"][0] == {
        "name": "look_up",
        "running": "Look up",
        "done": "Look up: done",
        "failed": "Look up: that didn’t work",
    }
