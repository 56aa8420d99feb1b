"""The rungs of the ladder one by one: quicker than they are, and with no room around them."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from types import SimpleNamespace
from typing import ClassVar

import pytest
from livekit import rtc
from livekit.agents import RunContext, function_tool, llm

from switchboard.background import Background
from switchboard.call.call import Call
from switchboard.ladder import company
from switchboard.ladder.company import Company
from switchboard.ladder.phrases import Phrases
from switchboard.ladder.wait import Wait
from switchboard.ledger.events import AgentSpoke, Filled, Recovered, ToolCalled
from switchboard.line.agent import VoiceAgent
from switchboard.line.words import Words
from switchboard.line.workflow import NoState, Workflow
from tests.stage.stage import PATIENCE, Stage, staged
from tests.switchboard.ladder.track import Track

WORDS = Words(moment="One.", longer="Two.", looking=("Red.", "Blue."), back="Back.")
LONG = Words(looking=(Words().sorry,))
"""Seven seconds, of which there is a recording, too."""
TOOL, AGAIN, SERVICE, MUSIC, BACK = 0.4, 0.8, (0.3, 0.9), 1.5, 0.3
SECOND = rtc.AudioFrame(bytes(48_000), 24_000, 1, 24_000)


class Seeker(VoiceAgent):
    """Has a tool that takes until the test has found something."""

    purpose = "The caller has lost something."
    opening = "Welcome the caller."
    found: ClassVar[asyncio.Event]
    toolbox: ClassVar[tuple[llm.Tool, ...]] = ()


@function_tool
async def seek(ctx: RunContext[Call[NoState]]) -> str:
    """Seek."""
    await Seeker.found.wait()
    Seeker.found.clear()
    return "nothing"


Seeker.toolbox = (seek,)
LINE = Workflow(name="seeking", start=Seeker, handoffs={Seeker: ()})


@dataclass
class Waiting:
    """A call whose caller is kept company. `there`: they are."""

    stage: Stage
    track: Track
    keeping: asyncio.Task[None]
    there: bool = True

    def type(self, words: str) -> float:
        """Nobody waits for what comes of it; when that was."""
        self.stage.conversation.session.generate_reply(user_input=words)
        return self.stage.conversation.ledger.now

    async def seek(self) -> float:
        """A tool is called, a word said, and the answer given; how long the word took."""
        filled = len(self.stage.of(Filled))
        typed = self.type("call seek")
        await self.stage.until(lambda: len(self.stage.of(Filled)) > filled)
        await self.find()
        return self.stage.of(Filled)[filled].at - typed

    async def find(self) -> None:
        """What the tool looks for, and have it told."""
        answered = len(self.stage.of(AgentSpoke))
        Seeker.found.set()
        await self.stage.until(lambda: len(self.stage.of(AgentSpoke)) > answered)

    @property
    def filled(self) -> list[tuple[str, str]]:
        return [(each.waits_for, each.text) for each in self.stage.of(Filled)]

    async def until_filled(self, *words: str) -> list[Filled]:
        await self.stage.until(lambda: len(self.stage.of(Filled)) >= len(words))
        assert [text for _, text in self.filled] == list(words)
        return self.stage.of(Filled)

    async def lose_the_service(self) -> None:
        """Until it is found again."""
        self.stage.simulator.faults.add("refuse_connect", count=None)
        await self.stage.simulator.drop()

    def find_the_service(self) -> None:
        self.stage.simulator.faults.clear("refuse_connect")


@dataclass
class Reasons:
    """In place of `Wait`: a caller who waits, for what the test says."""

    reason: str | None = "service"
    on_the_way_to: str | None = None
    unheeded_seconds: float | None = None
    outage: bool = False
    somebody_speaks = caller_speaks = False


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    Seeker.found = asyncio.Event()
    for name, seconds in (
        ("TICK_SECONDS", 0.02),
        ("TOOL_SECONDS", TOOL),
        ("TOOL_AGAIN_SECONDS", AGAIN),
        ("SERVICE_SECONDS", SERVICE),
        ("MUSIC_SECONDS", MUSIC),
        ("BREATH_SECONDS", BACK),
        ("BACK_SECONDS", BACK),
    ):
        monkeypatch.setattr(company, name, seconds)


@pytest.fixture
def prompt_service(monkeypatch: pytest.MonkeyPatch) -> None:
    """However busy the machine is, the service is not excused."""
    monkeypatch.setattr(company, "SERVICE_SECONDS", (PATIENCE, PATIENCE))
    monkeypatch.setattr(company, "SILENCE_SECONDS", PATIENCE)


def tell_of_fetches(monkeypatch: pytest.MonkeyPatch, tell: Callable[[str], None]) -> None:
    """`tell` hears of each word before it is fetched."""
    fetched = Phrases.of

    async def of(phrases: Phrases, words: str, seconds: float, *, without_model: bool) -> list[rtc.AudioFrame]:
        tell(words)
        return await fetched(phrases, words, seconds, without_model=without_model)

    monkeypatch.setattr(Phrases, "of", of)


@asynccontextmanager
async def waiting(database_url: str, words: Words = WORDS) -> AsyncIterator[Waiting]:
    async with staged(database_url, line=LINE) as stage:
        talk, track = stage.conversation, Track()
        background = Background(lambda: talk.ending.finish("error"))
        wait = Wait(talk.session, talk.model, talk.call.departure, talk._unanswered, track, lambda: this.there)
        keeper = Company(talk.call, talk.session, wait, words, Phrases(talk.session), track, talk._turns, background)
        this = Waiting(stage, track, background.run(keeper.keep(), "keep company"))
        yield this
        await background.aclose()
        await track.aclose()


@pytest.mark.usefixtures("prompt_service")
async def test_a_tool_that_takes_its_time_gets_its_words_in_turn_and_never_before_they_are_due(
    database_url: str,
) -> None:
    async with waiting(database_url) as call:
        typed = call.type("call seek")
        words = await call.until_filled("Red.", "Blue.", "Red.")
        await call.find()

        assert {(each.agent, each.waits_for) for each in words} == {("seeker", "tool")}
        assert [each.at - typed >= TOOL + n * AGAIN for n, each in enumerate(words)] == [True] * 3
        assert call.track.words == 3


@pytest.mark.usefixtures("prompt_service")
async def test_each_wait_begins_at_the_first_word(database_url: str) -> None:
    async with waiting(database_url) as call:
        waited = [await call.seek() for _ in range(2)]

        assert call.filled == [("tool", "Red.")] * 2
        assert min(waited) >= TOOL


@pytest.mark.usefixtures("prompt_service")
async def test_a_word_that_was_not_due_when_a_wait_was_over_is_not_said_in_the_next_one(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    second = asyncio.Event()
    tell_of_fetches(monkeypatch, lambda words: second.set() if words == "Blue." else None)
    async with waiting(database_url) as call:
        call.type("call seek")
        await asyncio.wait_for(second.wait(), PATIENCE)
        await call.find()
        waited = await call.seek()

        assert call.filled == [("tool", "Red.")] * 2
        assert waited >= TOOL


async def test_an_answer_that_does_not_come_is_excused_twice_and_then_there_is_music_until_it_comes(
    database_url: str,
) -> None:
    async with waiting(database_url) as call:
        call.stage.simulator.faults.add("slow_audio", pace=1.0, first_audio=4.0)
        typed = call.type("hello")
        moment, longer, tune = await call.until_filled("One.", "Two.", "")
        await asyncio.wait_for(call.track.silent.wait(), PATIENCE)
        await call.stage.until_said("seeker heard: hello.")

        assert {(each.agent, each.waits_for) for each in call.stage.of(Filled)} == {("seeker", "service")}
        assert [moment.at - typed >= SERVICE[0], longer.at - typed >= SERVICE[1]] == [True, True]
        assert tune.at - typed >= MUSIC
        assert (call.track.words, call.track.cut) == (2, 0)
        assert call.filled == [("service", each) for each in ("One.", "Two.", "")]


async def test_after_a_word_the_caller_hears_the_next_before_they_wonder(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "SERVICE_SECONDS", (SERVICE[0], PATIENCE))
    monkeypatch.setattr(company, "SILENCE_SECONDS", AGAIN)
    async with waiting(database_url) as call:
        call.stage.simulator.faults.add("slow_audio", pace=1.0, first_audio=6.0)
        call.type("hello")
        moment, longer = await call.until_filled("One.", "Two.")

        assert longer.at - moment.at >= AGAIN


@asynccontextmanager
async def waiting_for(database_url: str, reasons: Reasons, turns: object = None) -> AsyncIterator[Stage]:
    """A caller who waits for what `reasons` say."""
    async with staged(database_url, line=LINE) as stage:
        talk, track = stage.conversation, Track()
        background, turns = Background(lambda: talk.ending.finish("error")), turns or talk._turns
        keeper = Company(talk.call, talk.session, reasons, WORDS, Phrases(talk.session), track, turns, background)  # type: ignore[arg-type]
        background.run(keeper.keep(), "keep company")
        yield stage
        await background.aclose()
        await track.aclose()


async def test_music_leaves_an_answer_time_to_come_after_a_word(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "MUSIC_SECONDS", SERVICE[0])
    monkeypatch.setattr(company, "BREATH_SECONDS", AGAIN)
    async with waiting_for(database_url, Reasons()) as stage:
        await stage.until(lambda: len(stage.of(Filled)) == 3)
        _, longer, tune = stage.of(Filled)

        assert tune.text == ""
        assert tune.at - longer.at >= AGAIN


@pytest.mark.parametrize("turns", [["tool"], ["tool", "service"]], ids=["once", "and back"])
async def test_a_word_is_said_of_what_they_wait_for_unless_another_should_have_come_by_then(
    database_url: str, monkeypatch: pytest.MonkeyPatch, turns: list[str]
) -> None:
    """The first is fetched of the service; what they wait for changes while it is, and while the next one is."""
    reasons = Reasons()

    def turn(_words: str) -> None:
        reasons.reason = turns.pop(0) if turns else reasons.reason

    tell_of_fetches(monkeypatch, turn)
    monkeypatch.setattr(company, "TOOL_SECONDS", 10 * SERVICE[0])
    async with waiting_for(database_url, reasons) as stage:
        await stage.until(lambda: stage.of(Filled))

        assert [(each.waits_for, each.text) for each in stage.of(Filled)] == [("tool", "Red.")]


async def test_a_look_up_gets_its_word_by_when_the_caller_was_heard_last(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(company, "TOOL_SECONDS", 10 * PATIENCE)
    monkeypatch.setattr(company, "NOTICED_SECONDS", 20 * PATIENCE)
    heard = SimpleNamespace(unanswered_since=-10 * PATIENCE)
    async with waiting_for(database_url, Reasons("tool"), heard) as stage:
        await stage.until(lambda: stage.of(Filled))


async def test_nobody_is_kept_company_who_is_not_there_or_is_on_the_way_to_somebody(database_url: str) -> None:
    async with waiting(database_url) as call:
        call.there = False
        call.stage.simulator.faults.add("slow_audio", pace=1.0, first_audio=1.5)
        call.type("hello")
        await call.stage.until_said("seeker heard: hello.")
        call.there = True
        call.stage.simulator.faults.add("slow_audio", pace=1.0, first_audio=1.5)
        with call.stage.conversation.call.departure.to("desk"):
            call.type("goodbye")
            await call.stage.until_said("seeker heard: goodbye.")

        assert call.filled == []


async def test_who_was_told_of_an_outage_hears_once_that_it_is_over(database_url: str) -> None:
    async with waiting(database_url) as call:
        for _ in range(2):
            await call.lose_the_service()
            before = len(call.filled)
            await call.stage.until(lambda: len(call.filled) == before + 3)  # noqa: B023
            call.find_the_service()
            await call.stage.until(lambda: len(call.filled) == before + 4)  # noqa: B023
        assert call.filled == 2 * [("service", each) for each in ("One.", "Two.", "", "Back.")]
        await call.stage.say("hello")

        assert [text for _, text in call.filled].count("Back.") == 2
        assert call.track.cut == 0
        assert call.track.silent.is_set()


async def test_nobody_is_told_that_an_outage_is_over_of_which_they_were_told_nothing(database_url: str) -> None:
    async with waiting(database_url) as call:
        await call.stage.simulator.drop()
        await call.stage.until(lambda: call.stage.of(Recovered))
        await asyncio.sleep(4 * BACK)

        assert call.filled == []


async def test_nobody_is_told_that_an_outage_is_over_in_the_next_one(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It begins while that word is fetched."""
    reasons, later = Reasons(outage=True), list[str]()

    def begin_again(words: str) -> None:
        if words == "Back." and not later:
            later.append(words)
            reasons.reason, reasons.outage = "service", True

    tell_of_fetches(monkeypatch, begin_again)
    async with waiting_for(database_url, reasons) as stage:
        for spoken in (1, 2):
            await stage.until(lambda: [each.text for each in stage.of(Filled)].count("One.") == spoken)  # noqa: B023
            reasons.reason, reasons.outage = None, False
        await stage.until(lambda: stage.of(Filled)[-1].text == "Back.")

        assert [each.text for each in stage.of(Filled)] == ["One.", "One.", "Back."]


async def test_an_answer_says_enough_that_an_outage_is_over(database_url: str) -> None:
    async with waiting(database_url) as call:
        await call.lose_the_service()
        await call.until_filled("One.")
        call.type("hello")
        call.find_the_service()
        await call.stage.until_said("seeker heard: hello.")
        await asyncio.sleep(4 * BACK)

        assert "Back." not in [text for _, text in call.filled]


@pytest.mark.usefixtures("prompt_service")
async def test_the_callers_own_words_cut_a_word_at_once(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    async with waiting(database_url, LONG) as call:
        call.type("call seek")
        await asyncio.wait_for(call.track.saying.wait(), PATIENCE)
        monkeypatch.setattr(company, "TICK_SECONDS", PATIENCE)  # and not when it is looked the next time
        call.stage.speak("never mind, thank you, I have found it myself")
        await asyncio.wait_for(call.track.over.wait(), PATIENCE)
        await call.find()

        assert call.track.cut == 1


@pytest.mark.usefixtures("prompt_service")
async def test_nothing_is_said_over_the_agents_words(database_url: str) -> None:
    async with waiting(database_url) as call:
        await call.track.capture_frame(SECOND)
        call.type("call seek")
        await call.stage.until(lambda: call.stage.of(ToolCalled))
        await asyncio.sleep(2 * TOOL)
        await call.find()

        assert (call.filled, call.track.words) == ([], 0)


@pytest.mark.usefixtures("prompt_service")
async def test_whoever_is_not_kept_company_any_more_hears_no_word_to_its_end(database_url: str) -> None:
    async with waiting(database_url, LONG) as call:
        call.type("call seek")
        await asyncio.wait_for(call.track.saying.wait(), PATIENCE)
        call.keeping.cancel()
        await asyncio.wait_for(call.track.over.wait(), PATIENCE)
        await call.find()

        assert call.track.cut == 1
