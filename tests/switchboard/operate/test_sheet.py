"""A call as a file to keep: all of it, needing nothing else, and nothing in it is obeyed."""

from html.parser import HTMLParser
from typing import Any

import pytest

from switchboard.database import Database
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    Ended,
    Failed,
    Filled,
    HandoffDone,
    PersonSpoke,
    PersonStep,
    Recording,
    Recovered,
    ToolCalled,
    ToolReturned,
    Turn,
    Used,
)
from switchboard.ledger.prices import Prices
from switchboard.line.face import COLOURS, Face
from switchboard.line.workflow import Person, Workflow
from switchboard.operate.sheet import export_html
from switchboard.operate.sheet.cast import Cast
from switchboard.operate.sheet.tracks import Tracks, length_of
from switchboard.operate.sight import Sight
from switchboard.operate.story import story
from tests.stage.agents import Desk, Reception
from tests.switchboard.operate.made import answered, bare_call

EVIL = "<script>alert(1)</script>\"'&"
EVENTS: tuple[Any, ...] = (
    answered(caller="********12"),
    AgentSpoke(agent="greeter", text="Hello!"),
    CallerSpoke(text=f"It is order 471123. {EVIL}"),
    Turn(agent="greeter", ended_at=1.5, first_sound_ms=3000, silence_ms=3000),
    Used(agent="greeter", work="answer", model="gpt-realtime-2", units={"text_in": 1000}),
    HandoffDone(source="greeter", target="support", arrived_ms=9, spoke_ms=900, silence_ms=640, socket_kept=True),
    Filled(agent="support", waits_for="tool", text="I am looking."),
    ToolCalled(agent="support", tool="find_order", call_id="1", arguments={"order": EVIL, "few": [1]}),
    ToolReturned(agent="support", tool="find_order", call_id="1", result=f"None. {EVIL}", failed=True, ms=812),
    Failed(source="realtime", message=EVIL, recoverable=True),
    Recovered(source="realtime", ms=250),
    PersonStep(agent="support", target="shop_desk", stage="called", phone=1),
    PersonStep(agent="support", target="shop_desk", stage="joined", phone=1),
    PersonSpoke(target="shop_desk", text="Shop desk."),
    ToolCalled(agent="support", tool="never_back", call_id="2", arguments={}),
    Ended(reason="goodbye"),
)
VOID = {"meta", "rect", "line", "circle"}


class Read(HTMLParser):
    """What a browser makes of it."""

    def __init__(self, text: str) -> None:
        super().__init__(convert_charrefs=True)
        self.open: list[str] = []
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str | None]] = []
        self.text = ""
        self.feed(text)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += attrs

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.text += data


async def sheet(database: Database, sight: Sight = Sight.ALL, line: Workflow | None = None) -> str:
    await bare_call(database, "call_1", *EVENTS, seconds=8)
    told = await story(database, "call_1", Prices.read(), {})
    assert told is not None
    return export_html(told, sight, line)


async def test_a_sheet_has_all_of_a_call(database: Database) -> None:
    read = Read(await sheet(database))

    assert read.open == []
    for told in (
        "call_1", "support-line", "********12", "Hello!", "471123", "640 ms of silence", "I am looking.", "find_order",
        "failed after 812 ms", "few: [1]", "Realtime is back", "Shop desk: joined", "Shop desk.", "Dead air", "goodbye",
        "0.0040 USD", "gpt-realtime-2", "text in", "never_back: no result",
    ):  # fmt: skip
        assert told in read.text, told


async def test_those_who_are_in_it_have_the_names_and_colours_of_their_line(database: Database) -> None:
    desk = Person("shop desk", purpose="The caller wants it.", face=Face("Night <b>desk</b>"))
    support = type("Support", (Desk,), {"face": Face("The dome", colour="olive"), "prompt_file": Desk.prompt_file})
    line = Workflow(name="support-line", start=Reception, handoffs={Reception: (support, desk), support: ()})

    text = await sheet(database, line=line)
    read = Read(text)
    for told in ("Greeter → The dome", "The dome has the caller", "Night <b>desk</b>: joined", "Greeter, The dome"):
        assert told in read.text, told
    assert {"track c-olive", "said agent c-green", "track c-none"} <= {value for _, value in read.attributes}
    assert all(f".c-{colour} {{" in text for colour in COLOURS)


async def test_nothing_that_was_said_is_markup_and_nothing_is_fetched(database: Database) -> None:
    text = await sheet(database)
    read = Read(text)

    assert "script" not in read.tags
    assert read.text.count(EVIL) >= 4
    assert not {name for name, _ in read.attributes} & {"src", "onclick", "onload", "style"}
    assert all(value and value.startswith("#") for name, value in read.attributes if name == "href")
    assert "url(" not in text and "@import" not in text


async def test_an_operators_sheet_has_no_numbers(database: Database) -> None:
    assert "471123" not in await sheet(database, Sight.MASKED)


async def test_a_moment_of_a_sheet_has_the_address_that_its_page_has(database: Database) -> None:
    read = Read(await sheet(database))
    targets = {value for name, value in read.attributes if name == "id"}
    assert {value.removeprefix("#") for name, value in read.attributes if name == "href" and value} <= targets


def test_a_call_is_no_longer_for_the_time_that_its_recording_takes_to_be_stored() -> None:
    ended = Ended(reason="goodbye", at=20.0)
    assert length_of([answered(), ended, Recording(stage="stored", at=26.0)]) == 20


def test_the_silence_of_a_handoff_is_drawn_to_scale() -> None:
    done = HandoffDone(source="a", target="b", arrived_ms=9, spoke_ms=900, silence_ms=640, socket_kept=True, at=5.0)
    (_, _, agent) = Tracks([answered("a"), done], 9.0, Cast())
    (silence,) = [span for span in agent.spans if span.look == "silence"]
    assert silence.begin == pytest.approx(4.36)
    assert (silence.end, silence.label) == (5.0, "640 ms")
    (held,) = [span for span in agent.spans if span.look == "held"]
    assert (held.begin, held.end) == (5.0, 9.0)
