"""A service that fails leaves nobody without a word: it is asked again as it says, excused, or given up in words."""

import time
from itertools import pairwise

import pytest

from switchboard.ladder.recorded import recorded
from switchboard.ledger.events import AgentSpoke, Ended, Filled, Recovered
from switchboard.line.words import Words
from tests.livekit import LiveKitServer
from tests.stage.mind import LONG
from tests.stage.room import booth
from tests.stage.stage import Stage, staged

WORDS = Words()


def told(stage: Stage) -> list[str]:
    return [spoke.text.strip() for spoke in stage.of(AgentSpoke)[1:]]


async def test_a_rate_limit_is_waited_for_as_long_as_it_says_and_no_shorter(database_url: str) -> None:
    async with staged(database_url) as stage:
        stage.simulator.faults.add("rate_limit", message="Please try again in 2.5 seconds.")
        before = stage.simulator.received("response.create")
        began = time.monotonic()
        await stage.say("hello")

        assert time.monotonic() - began >= 2.5
        assert told(stage) == ["reception heard: hello."]
        assert len(stage.simulator.received("response.create")) == len(before) + 2


@pytest.mark.parametrize("agent", ["desk", "studio"], ids=["native", "text"])
@pytest.mark.parametrize("speech", [True, False], ids=["with speech", "without"])
async def test_an_answer_that_the_content_filter_cuts_is_excused_in_a_sentence(
    database_url: str, agent: str, speech: bool
) -> None:
    async with staged(database_url, speech=speech, cartesia=speech) as stage:
        await stage.say(f"to {agent}")
        heard = len(stage.loudspeaker.heard)
        stage.simulator.faults.add("content_filter", after_ms=100, after_chars=5)
        await stage.say("long story")
        await stage.until(lambda: told(stage)[-1] == WORDS.refused)
        await stage.conversation.session.wait_for_idle()

        assert LONG not in told(stage)
        assert told(stage).count(WORDS.refused) == 1
        assert stage.loudspeaker.seconds[-1] > 2.0
        assert len(stage.loudspeaker.heard) > heard
        await stage.say("hello")
        assert told(stage)[-1] == f"{agent} heard: hello."


async def test_a_model_whose_answer_was_cut_excuses_itself_in_its_own_voice(database_url: str) -> None:
    async with staged(database_url, speech=False, cartesia=False) as stage:
        stage.simulator.faults.add("content_filter", after_ms=100, after_chars=5)
        await stage.say("long story")
        await stage.until(lambda: told(stage)[-1] == WORDS.refused)

        aloud = [each for each in stage.mind.requests if "Read this aloud" in each.instructions + each.extra]
        assert [WORDS.refused in each.instructions + each.extra for each in aloud] == [True]


@pytest.mark.parametrize("typed", [True, False], ids=["typed", "spoken"])
async def test_answers_that_fail_for_longer_than_the_budget_end_the_call_with_its_reason(
    database_url: str, typed: bool
) -> None:
    async with staged(database_url, typed=typed, REALTIME_PATIENCE_SECONDS="2") as stage:
        stage.simulator.faults.add("failed_response", count=None)
        stage.conversation.session.generate_reply(user_input="hello")
        await stage.until(lambda: stage.of(Ended))

        assert told(stage) == [WORDS.sorry]
        assert [ended.reason for ended in stage.of(Ended)] == ["unserved"]


async def test_an_outage_is_told_filled_with_music_and_ended_with_an_apology_of_the_recordings(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth(livekit_server, database_url, monkeypatch, speech=False, REALTIME_PATIENCE_SECONDS="12") as call:
        call.simulator.faults.add("refuse_connect", count=None)
        await call.simulator.drop()
        began = time.monotonic()
        await call.record.until(lambda: call.of(AgentSpoke)[-1].text == WORDS.sorry)
        apologized = time.monotonic()
        ended = await call.first(Ended)
        sounds = call.ears.sounds(began)

        assert [event.text for event in call.of(Filled)] == [WORDS.moment, WORDS.longer, ""]
        assert ended.reason == "unserved"
        assert sounds[0][0] <= 2.0
        assert all(later[0] - earlier[1] <= 2.0 for earlier, later in pairwise(sounds))
        assert call.ears.sounds(apologized)[-1][1] >= len(recorded(WORDS.sorry) or b"") / 48_000 - 0.5


async def test_an_outage_that_ends_is_told_and_the_call_goes_on(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth(livekit_server, database_url, monkeypatch) as call:
        call.simulator.faults.add("refuse_connect", count=None)
        await call.simulator.drop()
        await call.record.until(lambda: len(call.of(Filled)) == 3)
        call.simulator.faults.clear("refuse_connect")
        await call.first(Recovered)
        await call.record.until(lambda: len(call.of(Filled)) == 4)
        call.type("hello")
        await call.record.until(lambda: call.of(AgentSpoke)[-1].text == "reception heard: hello.")

        assert [event.text for event in call.of(Filled)] == [WORDS.moment, WORDS.longer, "", WORDS.back]
        assert not call.of(Ended)
