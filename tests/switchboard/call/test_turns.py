"""How long callers wait stands in the ledger, turn by turn, by the call's clock."""

import asyncio

import pytest

from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, Ended, Filled, HandoffDone, ToolReturned, Turn
from tests.stage.stage import Stage, staged

SAME_MS = 30.0
"""Two that listen to the same event hear of it so soon after one another, also on a machine that is busy."""
SILENCE_SECONDS = 0.5
"""What `VAD_SILENCE_MS` says by default."""


class Clock:
    """When what happened in a call that is watched from outside, by the same clock: the first time after `reset`."""

    def __init__(self, stage: Stage) -> None:
        self._ledger = stage.conversation.ledger
        self.at: dict[str, float] = {}
        stage.conversation.model.live.on("openai_server_event_received", lambda event: self._note(event["type"]))
        if output := stage.conversation.session.output.audio:
            output.on("playback_started", lambda _: self._note("sound"))

    def reset(self) -> None:
        self.at.clear()

    def _note(self, kind: str) -> None:
        token = kind.startswith("response.") and kind.endswith(".delta")
        self.at.setdefault("token" if token else kind, self._ledger.now)


def ms(time: float | None) -> float:
    assert time is not None
    return time


async def one_turn(stage: Stage, words: str, turns: int = 1) -> tuple[Turn, Clock]:
    clock = Clock(stage)
    stage.speak(words)
    await stage.until(lambda: len(stage.of(Turn)) == turns)
    return stage.of(Turn)[-1], clock


async def test_a_turn_begins_with_the_callers_last_word_and_ends_with_the_answer(database_url: str) -> None:
    async with staged(database_url) as stage:
        assert stage.of(Turn) == []  # the agent has begun
        turn, clock = await one_turn(stage, "hello")

    stopped = clock.at["input_audio_buffer.speech_stopped"] - SILENCE_SECONDS
    assert turn.agent == "reception"
    assert turn.ended_at == pytest.approx(stopped, abs=SAME_MS / 1000)
    assert turn.first_token_ms == pytest.approx((clock.at["token"] - stopped) * 1000, abs=SAME_MS)
    assert turn.first_sound_ms == pytest.approx((clock.at["sound"] - stopped) * 1000, abs=SAME_MS)
    assert ms(turn.first_sound_ms) >= ms(turn.first_token_ms) > SILENCE_SECONDS * 1000
    assert turn.silence_ms == turn.first_sound_ms
    assert turn.interrupted_at is None
    assert turn.at > turn.ended_at + ms(turn.first_sound_ms) / 1000


async def test_the_service_may_take_its_time_and_the_turn_tells(database_url: str) -> None:
    async with staged(database_url, options=Options(first_token=0.4)) as stage:
        turn, _ = await one_turn(stage, "hello")

    assert ms(turn.first_token_ms) > (SILENCE_SECONDS + 0.4) * 1000 - SAME_MS


async def test_a_voice_of_text_to_speech_is_heard_after_the_models_first_token(database_url: str) -> None:
    async with staged(database_url) as stage:
        await one_turn(stage, "to studio")
        turn, clock = await one_turn(stage, "hello", turns=2)

    stopped = clock.at["input_audio_buffer.speech_stopped"] - SILENCE_SECONDS
    assert turn.agent == "studio"
    assert turn.first_token_ms == pytest.approx((clock.at["token"] - stopped) * 1000, abs=SAME_MS)
    assert turn.first_sound_ms == pytest.approx((clock.at["sound"] - stopped) * 1000, abs=SAME_MS)
    assert ms(turn.first_sound_ms) > ms(turn.first_token_ms)


async def test_who_is_handed_over_waits_for_the_next_agent_in_one_turn(database_url: str) -> None:
    async with staged(database_url) as stage:
        turn, _ = await one_turn(stage, "to desk")

        (handoff,) = stage.of(HandoffDone)
        assert turn.agent == "desk"
        assert turn.ended_at + ms(turn.first_sound_ms) / 1000 == pytest.approx(handoff.at, abs=SAME_MS / 1000)
        assert turn.at > handoff.at


async def test_an_announced_handoff_is_one_turn_whose_silence_ends_with_the_announcement(database_url: str) -> None:
    async with staged(database_url) as stage:
        turn, clock = await one_turn(stage, "to desk: goodbye")

        assert stage.of(HandoffDone)
        assert turn.agent == "reception"
        assert turn.silence_ms == pytest.approx((clock.at["sound"] - turn.ended_at) * 1000, abs=SAME_MS)
        assert turn.seq > next(spoke.seq for spoke in stage.of(AgentSpoke) if spoke.agent == "desk")


async def test_a_tool_is_a_part_of_the_turn(database_url: str) -> None:
    async with staged(database_url) as stage:
        turn, _ = await one_turn(stage, "look up parcel")

        (returned,) = stage.of(ToolReturned)
        assert turn.ended_at + ms(turn.first_token_ms) / 1000 < returned.at  # the call is what it answers first
        assert turn.ended_at + ms(turn.first_sound_ms) / 1000 > returned.at


async def test_a_caller_who_speaks_over_the_answer_ends_the_turn_there(database_url: str) -> None:
    async with staged(database_url, speed=1.0) as stage:
        clock = Clock(stage)
        stage.speak("tell me a long story")
        await asyncio.wait_for(stage.loudspeaker.playing.wait(), 20)
        clock.reset()
        stage.speak("stop")
        await stage.until(lambda: len(stage.of(Turn)) == 1)
        (turn,) = stage.of(Turn)
        assert turn.interrupted_at == pytest.approx(clock.at["input_audio_buffer.speech_started"], abs=SAME_MS / 1000)
        assert turn.first_sound_ms is not None

        await stage.until(lambda: len(stage.of(Turn)) == 2)
        assert stage.of(Turn)[1].interrupted_at is None


async def test_a_caller_who_speaks_again_before_an_answer_has_had_none(database_url: str) -> None:
    async with staged(database_url, options=Options(first_token=5.0)) as stage:
        stage.speak("hello")
        await stage.until_caller_is("speaking")
        await stage.until_caller_is("listening")
        stage.speak("are you there")
        await stage.until(lambda: len(stage.of(Turn)) == 1)

    (turn,) = stage.of(Turn)[:1]
    assert (turn.first_token_ms, turn.first_sound_ms, turn.silence_ms, turn.interrupted_at) == (None,) * 4


async def test_the_turn_at_hand_is_written_before_the_end(database_url: str) -> None:
    async with staged(database_url, options=Options(first_token=5.0)) as stage:
        stage.speak("hello")
        await stage.until_caller_is("speaking")
        await stage.until_caller_is("listening")
        stage.conversation.ending.finish("caller_left")
        await stage.until(lambda: stage.of(Ended))

        (turn,), (ended,) = stage.of(Turn), stage.of(Ended)
        assert turn.seq < ended.seq
        assert turn.agent == "reception"
        assert turn.silence_ms is None


async def test_a_typed_line_is_a_turn_that_ends_when_it_is_taken(database_url: str) -> None:
    async with staged(database_url, typed=True) as stage:
        await stage.say("hello")
        await stage.until(lambda: len(stage.of(Turn)) == 1)

        (turn,) = stage.of(Turn)
        answer = stage.of(AgentSpoke)[-1]
        assert ms(turn.first_token_ms) <= ms(turn.first_sound_ms)
        assert turn.ended_at < answer.at
        assert turn.silence_ms == turn.first_sound_ms


async def test_words_for_a_wait_end_the_silence_and_not_the_turn(database_url: str) -> None:
    async with staged(database_url, options=Options(first_token=0.5)) as stage:
        stage.speak("hello")
        await stage.until_caller_is("speaking")
        await stage.until_caller_is("listening")
        filled = stage.conversation.ledger.write(Filled(agent="reception", waits_for="service", text="One moment."))
        await stage.until(lambda: stage.of(Turn))

        (turn,) = stage.of(Turn)
        assert turn.silence_ms == pytest.approx((filled.at - turn.ended_at) * 1000, abs=0.2)
        assert ms(turn.first_sound_ms) > ms(turn.silence_ms)
