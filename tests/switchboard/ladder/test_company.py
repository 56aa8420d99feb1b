"""A caller who waits hears something, measured in what is sent to them; and it stands in nobody's way."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import AbstractAsyncContextManager
from dataclasses import replace
from itertools import pairwise
from typing import ClassVar

import numpy as np
import pytest
from livekit import rtc
from livekit.agents import RunContext, function_tool, llm

from simulator.faults import Fault
from simulator.options import Options
from simulator.voice import RATE, synthesize
from switchboard.call.call import Call
from switchboard.ladder.company import READY_SECONDS, SERVICE_SECONDS
from switchboard.ladder.phrases import Phrases
from switchboard.ledger.events import AgentSpoke, Filled, HandoffDone, ToolCalled, ToolReturned, Turn
from switchboard.line.agent import VoiceAgent
from switchboard.line.voices import CartesiaVoice, Voice
from switchboard.line.words import Words
from switchboard.line.workflow import Handoff, NoState, Workflow
from switchboard.realtime.pieces import QUIET
from tests.livekit import LiveKitServer
from tests.stage.mind import LONG, texts
from tests.stage.room import Booth, booth

WORDS = Words()
Enter = Callable[..., AbstractAsyncContextManager[Booth]]


class Waiting(VoiceAgent):
    """Has a tool that takes as long as the test says."""

    purpose = "The caller waits."
    opening = "Welcome the caller."
    seconds: ClassVar[float] = 4.0
    toolbox: ClassVar[tuple[llm.Tool, ...]] = ()


@function_tool
async def search(ctx: RunContext[Call[NoState]]) -> str:
    """Search."""
    await asyncio.sleep(Waiting.seconds)
    return "It is in Leeds"


Waiting.toolbox = (search,)
NATIVE = Workflow(name="waiting", start=Waiting, handoffs={Waiting: ()})
TEXT = Workflow(name="waiting", start=Waiting, handoffs={Waiting: ()}, voices={Waiting: CartesiaVoice("studio-voice")})


class Beyond(VoiceAgent):
    """Is reached after an announcement."""

    purpose = "The caller waits for somebody else."
    opening = "Welcome the caller."


ANNOUNCEMENT = "I put you through."
ANNOUNCED = Workflow(
    name="waiting", start=Waiting, handoffs={Waiting: (Handoff(Beyond, announce=ANNOUNCEMENT),), Beyond: ()}
)


@pytest.fixture
def enter(livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Enter:
    """`booth` of this test."""
    return lambda **how: booth(livekit_server, database_url, monkeypatch, **how)


def filled(call: Booth) -> list[tuple[str, str]]:
    return [(event.waits_for, event.text) for event in call.of(Filled)]


def filled_until_answered_late(call: Booth) -> list[tuple[str, str]]:
    """But for words about a service that a busy machine makes slow: it is, when it owes an answer for so long."""
    (returned,) = call.of(ToolReturned)
    late = returned.at + SERVICE_SECONDS[0] - 0.1
    return [(event.waits_for, event.text) for event in call.of(Filled) if event.waits_for == "tool" or event.at < late]


@pytest.mark.parametrize("line", [NATIVE, TEXT], ids=["native", "text"])
@pytest.mark.parametrize("speech", [True, False], ids=["with speech", "without"])
async def test_a_look_up_that_lasts_gets_a_word_after_two_seconds_and_then_its_answer(
    enter: Enter, line: Workflow, speech: bool
) -> None:
    async with enter(line=line, speech=speech) as call:
        typed = call.type("call search")  # from then on they wait
        began = await call.when(ToolCalled)
        await call.first(ToolReturned)
        await call.record.until(lambda: len(call.of(AgentSpoke)) == 2)
        word, answer = call.ears.sounds(began)[:2]

        assert began + word[0] - typed >= 1.9
        assert word[0] <= 2.5
        assert answer[0] >= 3.9
        assert filled_until_answered_late(call) == [("tool", WORDS.looking[0])]
        assert [spoke.text for spoke in call.of(AgentSpoke)[1:]] == ["waiting found: It is in Leeds"]
        assert not [text for text in texts(call.mind.requests[-1]) if WORDS.looking[0] in text]


async def test_a_word_is_fetched_before_it_is_due_or_given_up_before(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    fetched, given_up_at = Phrases.of, list[tuple[str, float]]()
    async with enter(line=NATIVE) as call:

        async def noted(phrases: Phrases, words: str, seconds: float, *, without_model: bool) -> list[rtc.AudioFrame]:
            given_up_at.append((words, call.conversation.ledger.now + seconds))
            return await fetched(phrases, words, seconds, without_model=without_model)

        monkeypatch.setattr(Phrases, "of", noted)
        call.type("call search")
        word = await call.first(Filled)

        (at,) = (at for words, at in given_up_at if words == word.text)  # others, while a busy machine thinks
        assert at <= word.at - READY_SECONDS


async def test_who_heard_of_a_look_up_is_told_of_no_delay_when_it_is_over_and_the_answer_begins_soon(
    enter: Enter,
) -> None:
    async with enter(line=NATIVE, options=Options(first_audio=0.6)) as call:
        call.type("call search")
        await call.record.until(lambda: len(call.of(AgentSpoke)) == 2)

        assert filled_until_answered_late(call) == [("tool", WORDS.looking[0])]


async def test_a_look_up_that_lasts_long_gets_another_word_after_eight_more_seconds_and_none_twice(
    enter: Enter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Waiting, "seconds", 11.5)
    async with enter(line=NATIVE) as call:
        typed = call.type("call search")  # from then on they wait
        began = await call.when(ToolCalled)
        await call.first(ToolReturned)
        words = call.ears.sounds(began)

        first, second = (begin for begin, _ in words)
        assert began + first - typed >= 1.9
        assert first <= 2.5
        assert began + second - typed >= 9.9
        assert second <= 10.5
        assert filled(call) == [("tool", each) for each in WORDS.looking]


async def test_a_tool_that_is_quick_gets_no_word(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    """The service's answer to it may be slow, on a busy machine, and gets its own."""
    monkeypatch.setattr(Waiting, "seconds", 1.0)
    async with enter(line=NATIVE) as call:
        call.type("call search")
        await call.record.until(lambda: len(call.of(AgentSpoke)) == 2)

        assert [text for waits_for, text in filled(call) if waits_for == "tool"] == []


@pytest.mark.parametrize("speech", [True, False], ids=["with speech", "without"])
async def test_a_service_that_is_slow_to_answer_gets_two_words_until_it_is_asked_on_another_connection(
    enter: Enter, speech: bool
) -> None:
    async with enter(line=NATIVE, speech=speech) as call:
        call.simulator.faults.add("slow_audio", pace=1.0, first_audio=12.0)
        typed = call.type("hello")
        await call.record.until(lambda: len(call.of(AgentSpoke)) == 2)
        sounds = call.ears.sounds(typed)

        assert 1.4 <= sounds[0][0] <= 2.0
        assert all(later[0] - earlier[1] <= 2.0 for earlier, later in pairwise(sounds))
        assert filled(call) == [("service", each) for each in (WORDS.moment, WORDS.longer)]
        assert [spoke.text for spoke in call.of(AgentSpoke)[1:]] == ["waiting heard: hello."]


@pytest.mark.parametrize(
    ("line", "fault"),
    [(NATIVE, Fault("slow_audio", settings={"pace": 1.0, "first_audio": 4.0})), (TEXT, Fault("cartesia_stall"))],
    ids=["native", "text"],
)
async def test_who_has_spoken_hears_a_word_soon_after_their_own_last_one_whenever_that_is_noticed(
    enter: Enter, line: Workflow, fault: Fault
) -> None:
    async with enter(line=line) as call:
        call.simulator.faults.arm(fault)
        call.mind.will_hear("hello there")
        call.mouth.say("hello there")
        word = await call.first(Filled)
        await call.idle()
        turn = call.of(Turn)[-1]

        assert word.text == WORDS.moment
        assert 1.4 <= word.at - turn.ended_at < 1.9
        assert turn.silence_ms < 2000


@pytest.mark.parametrize(
    ("fault", "at"),
    [
        ("half_open", "input_audio_buffer.speech_started"),
        ("stall", "input_audio_buffer.speech_started"),
        ("half_open", "input_audio_buffer.append"),
        ("stall", "input_audio_buffer.append"),
    ],
)
async def test_who_speaks_to_a_service_that_falls_silent_hears_a_word_soon_after_their_own_last_one(
    enter: Enter, fault: str, at: str
) -> None:
    async with enter(line=NATIVE) as call:
        call.simulator.faults.add(fault, at=at, when="after")
        for _ in range(2):  # by the service that falls silent, and by the one after it
            call.mind.will_hear("hello there")
        spoken = np.frombuffer(synthesize("hello there", "caller", 1.0).pcm, np.int16)
        call.mouth.say("hello there")
        ended = time.monotonic() + np.flatnonzero(np.abs(spoken) > QUIET)[-1] / RATE

        assert 1.4 <= await call.when(Filled) - ended <= 2.0
        await call.record.until(lambda: len(call.of(AgentSpoke)) == 2)
        assert filled(call)[0] == ("service", WORDS.moment)
        assert [spoke.text for spoke in call.of(AgentSpoke)[1:]] == ["waiting heard: hello there."]


@pytest.mark.parametrize(
    ("voices", "fault"),
    [({}, Fault("slow_audio", settings={"pace": 1.0, "first_audio": 4.0})), (TEXT.voices, Fault("cartesia_stall"))],
    ids=["native", "text"],
)
async def test_who_is_put_through_by_an_announcement_that_is_late_gets_a_word(
    enter: Enter, voices: Mapping[type[VoiceAgent], Voice], fault: Fault
) -> None:
    async with enter(line=replace(ANNOUNCED, voices=voices)) as call:
        call.simulator.faults.arm(fault)
        typed = call.type("to beyond")
        await call.first(HandoffDone)
        sounds = call.ears.sounds(typed)

        assert 1.4 <= sounds[0][0] <= 2.0
        assert all(later[0] - earlier[1] <= 2.0 for earlier, later in pairwise(sounds))
        assert filled(call)[0] == ("service", WORDS.moment)
        assert [spoke.text.strip() for spoke in call.of(AgentSpoke)[1:]] == [ANNOUNCEMENT]


async def test_a_text_to_speech_that_is_slow_with_an_answer_gets_a_word(enter: Enter) -> None:
    async with enter(line=TEXT) as call:
        call.simulator.faults.add("cartesia_stall")
        call.type("hello")
        await call.record.until(lambda: len(call.of(AgentSpoke)) == 2)

        assert filled(call)[0] == ("service", WORDS.moment)
        assert [spoke.text for spoke in call.of(AgentSpoke)[1:]] == ["waiting heard: hello."]


async def test_nothing_is_said_over_the_callers_own_words(enter: Enter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Waiting, "seconds", 6.0)
    async with enter(line=NATIVE) as call:
        call.mind.will_hear("thank you")
        call.type("call search")
        await call.first(ToolCalled)
        speaks = call.mouth.say("thank you, I can wait for as long as it takes, there is no hurry at all on my side")
        began = time.monotonic()
        await call.first(ToolReturned)

        heard = [begin for begin, _ in call.ears.sounds(began)]
        assert not [begin for begin in heard if begin < speaks]


@pytest.mark.parametrize("fault", ["drop_mid_response", "stall"])
async def test_a_sentence_that_the_service_breaks_off_is_followed_by_a_word_and_then_by_its_rest(
    enter: Enter, fault: str
) -> None:
    async with enter(line=NATIVE) as call:
        how = (
            {"seconds": 4.0, "at": "response.output_audio.delta", "nth": 10} if fault == "stall" else {"after_ms": 1000}
        )
        call.simulator.faults.add(fault, **how)
        if fault != "stall":
            call.simulator.faults.add("refuse_connect", count=5)
        typed = call.type("long story")
        await call.record.until(lambda: LONG.endswith(call.of(AgentSpoke)[-1].text.strip()[-20:]))
        sounds = call.ears.sounds(typed)

        assert all(later[0] - earlier[1] <= 2.0 for earlier, later in pairwise(sounds))
        assert filled(call)[0] == ("service", WORDS.moment)
        assert " ".join(spoke.text.strip() for spoke in call.of(AgentSpoke)[1:]) == LONG
