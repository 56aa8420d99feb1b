"""What a dropped connection does to a call: nothing that the caller would notice, and nothing false in the history."""

import asyncio

import pytest

from simulator.options import Options
from simulator.sentences import CUT
from switchboard.ledger.events import AgentSpoke, Ended, Failed, Recovered
from switchboard.realtime import CallSession
from tests.stage.mind import LONG, texts
from tests.stage.stage import Stage, staged


def told(stage: Stage) -> list[str]:
    return [spoke.text.strip() for spoke in stage.of(AgentSpoke)[1:]]


@pytest.mark.parametrize("preview", [False, True], ids=["ga", "preview"])
@pytest.mark.parametrize(("target", "modality"), [("studio", "text"), ("desk", "audio")])
async def test_an_idle_drop_comes_back_with_the_agents_modality_tools_and_context(
    database_url: str, preview: bool, target: str, modality: str
) -> None:
    async with staged(database_url, preview=preview) as stage:
        await stage.say("my cat is called Tom")
        await stage.say(f"to {target}")
        before = stage.mind.requests[-1]
        await stage.simulator.drop()
        await stage.simulator.wait_for(lambda: stage.simulator.open == 1)
        await stage.say("hello again")

        after = stage.mind.requests[-1]
        assert stage.simulator.opened == 2
        assert after.modality == before.modality == modality
        assert after.tools == before.tools
        assert after.instructions == before.instructions
        assert "my cat is called Tom" in texts(after)
        assert told(stage)[-1] == f"{target} heard: hello again."
        assert stage.of(Recovered)


async def test_a_native_sentence_that_a_drop_cuts_is_said_to_its_end_and_nothing_twice(database_url: str) -> None:
    async with staged(database_url, speech=False) as stage:
        stage.simulator.faults.add("drop_mid_response", after_ms=3000)
        await stage.say("long story")

        first, rest = told(stage)
        assert f"{first} {rest}" == LONG
        assert stage.simulator.opened == 2
        assert sum(stage.loudspeaker.seconds[1:]) > 7


async def test_a_sentence_in_text_that_a_drop_cuts_is_said_to_its_end_and_nothing_twice(database_url: str) -> None:
    async with staged(database_url) as stage:
        await stage.say("to studio")
        stage.simulator.faults.add("drop_mid_response", after_chars=60)
        await stage.say("long story")

        first, rest = told(stage)[1:]
        assert f"{first} {rest}" == LONG
        assert stage.mind.requests[-1].modality == "text"
        spoken = " ".join(said.text.strip() for said in stage.simulator.cartesia.spoken)
        assert LONG in spoken


async def test_the_history_after_a_drop_claims_no_word_whose_sound_had_not_come(database_url: str) -> None:
    async with staged(database_url, speech=False) as stage:
        stage.simulator.faults.add("drop_mid_response", after_ms=2000)
        await stage.say("long story")

        heard_seconds = stage.loudspeaker.seconds[1]
        first = told(stage)[0]
        replayed = texts(stage.mind.requests[-1])
        assert first in [text.strip() for text in replayed]
        assert LONG not in replayed
        assert len(first) / len(LONG) <= heard_seconds / (sum(stage.loudspeaker.seconds[1:]))


async def test_an_answer_that_was_asked_for_when_the_connection_dropped_is_asked_for_again(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("drop", at="response.created")
        await stage.say("hello")

        assert told(stage) == ["reception heard: hello."]
        assert stage.simulator.opened == 2


async def test_a_renewed_connection_is_not_noticed(database_url: str) -> None:
    async with staged(database_url, REALTIME_MAX_SESSION_DURATION="1") as stage:
        await stage.say("long story")
        await stage.simulator.wait_for(lambda: stage.simulator.opened > 1)
        await stage.say("hello")

        assert told(stage) == [LONG, "reception heard: hello."]


async def test_a_failed_answer_is_asked_for_again(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("rate_limit")
        await stage.say("hello")

        assert told(stage) == ["reception heard: hello."]
        assert [failed.recoverable for failed in stage.of(Failed)] == [True]


async def test_a_connection_that_never_comes_back_ends_the_call_with_its_reason(database_url: str) -> None:
    async with staged(database_url, REALTIME_PATIENCE_SECONDS="1") as stage:
        stage.simulator.faults.add("unauthorized", count=None)
        await stage.simulator.drop()
        await stage.conversation.ending.over.wait()

        assert [ended.reason for ended in stage.of(Ended)] == ["unserved"]


async def test_what_the_caller_interrupts_while_the_connection_is_away_is_not_taken_up_again(database_url: str) -> None:
    async with staged(database_url, options=Options(round_trip=0.2), speech=False) as stage:
        stage.simulator.faults.add("drop_mid_response", after_ms=2000)
        stage.conversation.session.generate_reply(user_input="long story")
        await stage.until(lambda: stage.of(Failed))
        await stage.conversation.session.interrupt()
        await stage.say("hello")

        assert told(stage)[-1] == "reception heard: hello."
        assert not [request for request in stage.mind.requests if CUT.search(request.extra)]


@pytest.mark.parametrize("moment", ["in mid-sentence", "before it is answered"])
async def test_what_the_caller_says_when_the_connection_drops_is_heard_whole(database_url: str, moment: str) -> None:
    sentence = "my parcel has the number one zero zero four two and it should have come yesterday already"
    slow = Options(first_audio=2.0, transcription_delay=2.0)
    async with staged(database_url, options=slow if moment == "before it is answered" else None) as stage:
        turns: list[dict[str, int]] = []
        CallSession.of(stage.conversation.handoffs.at_desk).on(  # type: ignore[arg-type]
            "openai_server_event_received", lambda event: turns.append(event) if "audio_end_ms" in event else None
        )
        heard_before = (
            "input_audio_buffer.speech_started" if moment == "in mid-sentence" else "input_audio_buffer.committed"
        )
        reached = asyncio.Event()
        CallSession.of(stage.conversation.handoffs.at_desk).on(  # type: ignore[arg-type]
            "openai_server_event_received", lambda event: reached.set() if event["type"] == heard_before else None
        )
        stage.mind.will_hear(sentence)
        seconds = stage.microphone.speak(sentence)
        await reached.wait()
        if moment == "before it is answered":
            stage.mind.will_hear(sentence)
        await stage.simulator.drop()
        await stage.until_said("reception heard")

        assert told(stage)[-1] == f"reception heard: {sentence}."
        assert stage.simulator.opened == 2
        assert turns[-1]["audio_end_ms"] > seconds * 1000 - 200


@pytest.mark.parametrize("breaks_off", [False, True], ids=["", "in an answer that breaks off"])
async def test_what_the_caller_says_to_a_service_that_is_dead_and_does_not_tell_is_answered(
    database_url: str, monkeypatch: pytest.MonkeyPatch, breaks_off: bool
) -> None:
    monkeypatch.setattr("switchboard.realtime.heartbeat.BEAT_SECONDS", 2.0)
    async with staged(database_url) as stage:
        stage.simulator.faults.add("half_open", after=0.0)
        if breaks_off:
            stage.simulator.faults.add("drop_mid_response", after_ms=100)
        stage.speak("is anybody there")
        await stage.until_said("reception heard")

        assert told(stage)[-1] == "reception heard: is anybody there."
        assert stage.simulator.opened == 2 + breaks_off


@pytest.mark.parametrize("refusals", [0, 1, 2])
async def test_a_failed_answer_whose_next_try_is_due_while_the_connection_is_away_is_given_on_the_next_one(
    database_url: str, refusals: int
) -> None:
    async with staged(database_url, typed=True) as stage:
        stage.simulator.faults.add("failed_response")
        stage.simulator.faults.add("drop", at="rate_limits.updated")
        if refusals:
            stage.simulator.faults.add("refuse", at="connect", count=refusals)
        await stage.say("hello")

        assert told(stage) == ["reception heard: hello."]
