"""Another deployment takes a call over when the first one fails: agent, tools, conversation and sentence go with it."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from livekit.agents import APIConnectionError

from simulator.server import Simulator
from switchboard.ledger.events import AgentSpoke, Ended
from switchboard.line.words import Words
from switchboard.realtime.breaker import Breakers
from tests.stage.mind import LONG, Obedient, texts
from tests.stage.stage import Stage, staged

WORDS = Words()


@pytest.fixture
async def spare() -> AsyncIterator[Simulator]:
    """The fallback."""
    async with Simulator(Obedient()) as simulator:
        yield simulator


def told(stage: Stage) -> list[str]:
    return [spoke.text.strip() for spoke in stage.of(AgentSpoke)[1:]]


@pytest.mark.parametrize("agent", ["desk", "studio"], ids=["native", "text"])
async def test_a_sentence_that_an_outage_cuts_is_said_to_its_end_by_the_fallback(
    database_url: str, spare: Simulator, agent: str
) -> None:
    async with staged(database_url, speech=False, spare=spare.url) as stage:
        await stage.say("my cat is called Tom")
        await stage.say(f"to {agent}")
        before = stage.mind.requests[-1]
        stage.simulator.faults.add("refuse_connect", count=None)
        stage.simulator.faults.add("drop_mid_response", after_ms=3000, after_chars=60)
        await stage.say("long story")
        first, rest = told(stage)[-2:]
        await stage.say("hello")
        taken_over = spare._backend.mind
        assert isinstance(taken_over, Obedient)
        after = taken_over.requests[-1]

        assert f"{first} {rest}" == LONG
        assert told(stage)[-1] == f"{agent} heard: hello."
        assert (after.tools, after.instructions, after.modality) == (before.tools, before.instructions, before.modality)
        assert "my cat is called Tom" in texts(after)
        assert not stage.of(Ended)


async def test_a_service_that_wants_to_be_left_alone_for_long_is_left(database_url: str, spare: Simulator) -> None:
    async with staged(database_url, spare=spare.url) as stage:
        stage.simulator.faults.add("rate_limit", count=None, message="Please try again in 15 seconds.")
        await stage.say("hello")

        assert told(stage) == ["reception heard: hello."]
        assert len(spare.received("response.create")) == 1


async def test_a_service_whose_answers_fail_again_and_again_is_left(database_url: str, spare: Simulator) -> None:
    async with staged(database_url, spare=spare.url) as stage:
        stage.simulator.faults.add("failed_response", count=None)
        await stage.say("hello")

        assert told(stage) == ["reception heard: hello."]
        assert len(stage.simulator.received("response.create")) == 4  # the greeting, and three in vain


async def test_the_next_call_of_the_process_does_not_try_what_is_down(database_url: str, spare: Simulator) -> None:
    breakers = Breakers()
    async with Simulator(Obedient()) as first:
        first.faults.add("refuse_connect", count=None)
        for _ in range(2):
            async with staged(database_url, spare=spare.url, breakers=breakers, at=first) as stage:
                await stage.say("hello")
                assert told(stage) == ["reception heard: hello."]


@asynccontextmanager
async def called_twice(database_url: str) -> AsyncIterator[tuple[Stage, Stage]]:
    """Two calls of a process when nothing works: the second begins when the first is over."""
    breakers = Breakers()
    async with Simulator(Obedient()) as down:
        down.faults.add("refuse_connect", count=None)
        async with staged(
            database_url, breakers=breakers, at=down, greeted=False, REALTIME_PATIENCE_SECONDS="4"
        ) as one:
            await one.until(lambda: one.of(Ended))
        async with staged(database_url, breakers=breakers, at=down, greeted=False) as two:
            yield one, two


async def test_a_call_that_begins_when_nothing_works_is_told_so_at_once(database_url: str) -> None:
    async with called_twice(database_url) as (one, two):
        await two.until(lambda: two.of(Ended))

        assert [ended.reason for ended in two.of(Ended)] == ["unserved"]
        assert two.of(Ended)[0].at < one.of(Ended)[0].at


async def test_a_model_that_was_given_up_before_it_was_there_reads_nothing_aloud(database_url: str) -> None:
    async with called_twice(database_url) as (_, two):
        live = two.conversation.model.live
        await two.until(lambda: two.of(Ended))

        with pytest.raises(APIConnectionError, match=r"^the connection is lost"):
            await anext(live.read_aloud("Good morning."))
