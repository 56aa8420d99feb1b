"""The line's own words as sound: who says them, and in which pieces."""

import pytest
from livekit import rtc

from switchboard.ladder.phrases import FRAME, Phrases
from switchboard.ladder.recorded import RATE, recorded
from switchboard.ledger.events import AgentSpoke, Ended
from switchboard.line.words import Words
from tests.stage.stage import Stage, staged

MOMENT = Words().moment
RECORDED = recorded(MOMENT) or b""


def sound(frames: list[rtc.AudioFrame]) -> bytes:
    return b"".join(bytes(frame.data) for frame in frames)


def is_the_recording(frames: list[rtc.AudioFrame]) -> bool:
    """To its last sample, and silence from there to the end of the last piece."""
    pcm = sound(frames)
    return pcm[: len(RECORDED)] == RECORDED and not any(pcm[len(RECORDED) :])


def spoken(stage: Stage) -> int:
    return sum(each.text.strip() == MOMENT for each in stage.simulator.speech.spoken)


async def test_words_come_in_pieces_of_20_ms_of_which_the_last_is_filled_up_with_silence(database_url: str) -> None:
    async with staged(database_url, speech=False) as stage:
        frames = await Phrases(stage.conversation.session).of(MOMENT, 0.0, without_model=True)

    assert {(each.sample_rate, each.num_channels, each.samples_per_channel) for each in frames} == {
        (RATE, 1, RATE // 50)
    }
    assert len(RECORDED) % (FRAME * 2)
    assert len(frames) == len(RECORDED) // (FRAME * 2) + 1
    assert is_the_recording(frames)


async def test_the_agents_voice_says_them_once_and_is_remembered(database_url: str) -> None:
    async with staged(database_url) as stage:
        phrases = Phrases(stage.conversation.session)
        first, again = [await phrases.of(MOMENT, 5.0, without_model=True) for _ in range(2)]

        assert sound(first) == sound(again)
        assert not is_the_recording(first)
        assert len(first) > 25
        assert spoken(stage) == 1


async def test_where_there_is_no_time_nobody_is_asked(database_url: str) -> None:
    async with staged(database_url) as stage:
        phrases = Phrases(stage.conversation.session)

        assert is_the_recording(await phrases.of(MOMENT, -0.1, without_model=True))
        assert not stage.simulator.speech.spoken


async def test_each_agent_says_them_in_its_own_voice(database_url: str) -> None:
    async with staged(database_url) as stage:
        phrases = Phrases(stage.conversation.session)
        first = await phrases.of(MOMENT, 5.0, without_model=True)
        await stage.say("to studio")
        second = await phrases.of(MOMENT, 5.0, without_model=True)

        assert sound(first) != sound(second)
        assert not is_the_recording(second)
        assert spoken(stage) == 1


@pytest.mark.parametrize("without_model", [True, False])
async def test_a_model_that_speaks_itself_is_asked_only_if_it_is_there(database_url: str, without_model: bool) -> None:
    async with staged(database_url, speech=False) as stage:
        asked = len(stage.mind.requests)
        frames = await Phrases(stage.conversation.session).of(MOMENT, 5.0, without_model=without_model)

        assert len(stage.mind.requests) - asked == (0 if without_model else 1)
        assert is_the_recording(frames) is without_model


async def test_a_model_that_is_not_there_is_not_asked_after_a_service_that_fails(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("speech_refuse", count=None)
        asked = len(stage.mind.requests)

        assert is_the_recording(await Phrases(stage.conversation.session).of(MOMENT, 5.0, without_model=True))
        assert len(stage.mind.requests) == asked


async def test_what_was_said_in_the_agents_voice_is_said_in_it_when_the_model_has_gone(database_url: str) -> None:
    async with staged(database_url, speech=False) as stage:
        phrases = Phrases(stage.conversation.session)
        there, gone = [await phrases.of(MOMENT, 5.0, without_model=without) for without in (False, True)]

        assert sound(there) == sound(gone)
        assert not is_the_recording(gone)


async def test_a_service_that_speaks_is_asked_though_the_model_is_there(database_url: str) -> None:
    async with staged(database_url) as stage:
        await Phrases(stage.conversation.session).of(MOMENT, 5.0, without_model=False)

        assert spoken(stage) == 1


async def test_a_voice_that_takes_too_long_is_not_waited_for(database_url: str) -> None:
    async with staged(database_url) as stage:
        assert is_the_recording(await Phrases(stage.conversation.session).of(MOMENT, 0.0, without_model=True))


async def test_a_voice_that_fails_is_asked_again_the_next_time(database_url: str) -> None:
    async with staged(database_url) as stage:
        phrases = Phrases(stage.conversation.session)
        failed = await phrases.of(MOMENT, 0.0, without_model=True)
        later = await phrases.of(MOMENT, 5.0, without_model=True)

        assert is_the_recording(failed)
        assert not is_the_recording(later)


async def test_what_nobody_can_say_is_no_sound(database_url: str) -> None:
    async with staged(database_url, speech=False) as stage:
        assert await Phrases(stage.conversation.session).of("Never recorded.", 0.0, without_model=True) == []


async def test_words_that_nobody_can_say_cost_the_call_nothing_however_many(database_url: str) -> None:
    async with staged(database_url) as stage:
        for fault in ("speech_refuse", "failed_response"):
            stage.simulator.faults.add(fault, count=None)
        phrases = Phrases(stage.conversation.session)
        for _ in range(6):
            assert is_the_recording(await phrases.of(MOMENT, 5.0, without_model=True))
        stage.simulator.faults.clear()
        await stage.say("hello")

        assert [spoke.text.strip() for spoke in stage.of(AgentSpoke)][-1] == "reception heard: hello."
        assert stage.of(Ended) == []
