"""Of what both sides say nothing is lost and nothing made up, whoever speaks over whom; natively, and by text."""

from dataclasses import replace

import pytest
from livekit.agents import UserStateChangedEvent

from simulator.mind import Reply, Request, Say
from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, CallerSpoke
from tests.stage.agents import Reception
from tests.stage.mind import LONG, Obedient, texts
from tests.stage.stage import LINE, STUDIO_VOICE, staged

SPOKEN = {"native": LINE, "text": replace(LINE, voices={**LINE.voices, Reception: STUDIO_VOICE})}
FIRST = "One moment, I am looking for it."
ITEMS = Options(reasoning=True)
both_voices = pytest.mark.parametrize("voice", ["native", "text"])


class InTwo(Obedient):
    """Tells the long story in two items."""

    def answer(self, request: Request) -> Reply:
        reply = super().answer(request)
        return [Say(FIRST), *reply] if reply == [Say(LONG)] else reply


@both_voices
async def test_a_barge_in_stops_the_voice_at_once_and_nothing_more_of_it_comes(database_url: str, voice: str) -> None:
    async with staged(database_url, line=SPOKEN[voice], mind=InTwo(), options=ITEMS, speed=1.0, in_step=True) as stage:
        await stage.until_the_second_item("a long story")
        playing: list[bool] = []

        def noticed(event: UserStateChangedEvent) -> None:
            if event.new_state == "speaking":
                stage.conversation.session.off("user_state_changed", noticed)
                playing.append(stage.loudspeaker.playing.is_set())

        stage.conversation.session.on("user_state_changed", noticed)
        before = len(stage.loudspeaker.heard)
        stage.speak("wait a moment")
        await stage.until(lambda: any(spoke.text == "wait a moment" for spoke in stage.of(CallerSpoke)))

        assert playing == [True], "the caller spoke over it"
        assert len(stage.loudspeaker.heard) == before + 1, "it is over, and nothing has begun since"
        await stage.until_said("heard: wait a moment")
        assert len(stage.loudspeaker.heard) == before + 2, "the answer, and nothing before it"


@both_voices
async def test_what_was_not_heard_is_neither_in_the_context_nor_in_the_ledger(database_url: str, voice: str) -> None:
    async with staged(database_url, line=SPOKEN[voice], mind=InTwo(), options=ITEMS, speed=1.0, in_step=True) as stage:
        await stage.until_the_second_item("a long story")
        stage.speak("wait a moment")
        await stage.until_said("heard: wait a moment")

        known = " ".join(texts(stage.mind.requests[-1]))
        written = " ".join(spoke.text for spoke in stage.of(AgentSpoke))
        for history in (known, written):
            assert FIRST in history
            assert "right door" not in history
            assert "two rivers" not in history


@both_voices
@pytest.mark.parametrize("turns", ["server_vad", "livekit"])
async def test_what_is_said_into_an_answer_is_answered_once(database_url: str, voice: str, turns: str) -> None:
    async with staged(database_url, line=SPOKEN[voice], speed=1.0, in_step=True, TURN_DETECTION=turns) as stage:
        await stage.loudspeaker.silence()
        stage.conversation.session.generate_reply(user_input="a long story")
        await stage.loudspeaker.playing.wait()
        stage.speak("wait a moment please")
        await stage.until_said("heard: wait a moment please")
        await stage.conversation.session.wait_for_idle()

        assert sum("heard: wait a moment" in spoke.text for spoke in stage.of(AgentSpoke)) == 1


@both_voices
async def test_what_is_said_into_a_sentence_that_cannot_be_interrupted_is_answered_after_it(
    database_url: str, voice: str
) -> None:
    async with staged(database_url, line=SPOKEN[voice], speed=1.0, in_step=True, TURN_DETECTION="livekit") as stage:
        await stage.loudspeaker.silence()
        stage.conversation.session.generate_reply(user_input="a long story", allow_interruptions=False)
        await stage.loudspeaker.playing.wait()
        stage.speak("wait a moment please")
        await stage.until_said("heard: wait a moment please")
        await stage.conversation.session.wait_for_idle()

        said = [spoke.text.strip() for spoke in stage.of(AgentSpoke)]
        assert said[-2:] == [LONG, "reception heard: wait a moment please."]
        assert len(said) == 3, "answered once"


@both_voices
async def test_a_sentence_that_goes_on_beyond_one_that_cannot_be_interrupted_is_answered_once(
    database_url: str, voice: str
) -> None:
    long = "wait a moment please because I would like to say something about this that takes a little longer"
    async with staged(database_url, line=SPOKEN[voice], speed=1.0, in_step=True, TURN_DETECTION="livekit") as stage:
        await stage.loudspeaker.silence()
        stage.conversation.session.generate_reply(user_input="hello", allow_interruptions=False)
        await stage.loudspeaker.playing.wait()
        stage.speak(long)
        await stage.until_said(f"heard: {long}")
        await stage.conversation.session.wait_for_idle()

        assert sum(long in spoke.text for spoke in stage.of(AgentSpoke)) == 1
