"""Answers of several items, as models that reason give them: a word on the way, then the answer itself."""

import asyncio
import re
from typing import Any

import pytest

from simulator.mind import Reply, Request, Say
from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, Recovered
from tests.stage.mind import LONG, Obedient, texts
from tests.stage.stage import Stage, staged

ON_THE_WAY = "One moment, I am looking for it."
REASONS = Options(reasoning=True)


class Reasoning(Obedient):
    """Says a word on the way before each answer; after a cut it says what is missing of both."""

    def answer(self, request: Request) -> Reply:
        self.requests.append(request)
        whole = f"{ON_THE_WAY} {LONG}"
        if cut := re.search(r'The caller heard: "(.*)"\. Say only', request.extra, re.DOTALL):
            return [Say(whole[len(cut[1]) :].strip())]
        if "story" in (request.items[-1].text if request.items else ""):
            return [Say(ON_THE_WAY), Say(LONG)]
        return [Say("Hello.")]


def told(stage: Stage) -> str:
    return " ".join(spoke.text.strip() for spoke in stage.of(AgentSpoke)[1:])


@pytest.mark.parametrize("speech", [True, False])
async def test_each_item_is_said_once_and_is_in_the_history_once(database_url: str, speech: bool) -> None:
    async with staged(database_url, options=REASONS, mind=Reasoning(), speech=speech) as stage:
        await stage.say("a story please")
        await stage.say("anything else")

        assert told(stage).startswith(f"{ON_THE_WAY} {LONG}")
        known = [text.strip() for text in texts(stage.mind.requests[-1])]
        assert (known.count(ON_THE_WAY), known.count(LONG)) == (1, 1)


@pytest.mark.parametrize("after_ms", [500, 5000])  # in the first item, and at its end
async def test_a_drop_in_the_first_item_costs_no_word_and_repeats_none(database_url: str, after_ms: int) -> None:
    async with staged(database_url, options=REASONS, mind=Reasoning(), speech=False) as stage:
        stage.simulator.faults.add("drop_mid_response", after_ms=after_ms)
        await stage.say("a story please")

        assert stage.of(Recovered)
        assert told(stage) == f"{ON_THE_WAY} {LONG}"


@pytest.mark.parametrize("item", [1, 2])
async def test_an_interruption_leaves_in_the_history_what_was_heard_of_each(database_url: str, item: int) -> None:
    async with staged(database_url, options=REASONS, mind=Reasoning(), speech=False, speed=5) as stage:
        speaker = stage.loudspeaker
        before = len(speaker.heard)
        answer = stage.conversation.session.generate_reply(user_input="a story please")
        await speaker.playing.wait()
        while len(speaker.heard) < before + item - 1 or not speaker.playing.is_set():
            await speaker.wait_for_playout()
            await speaker.playing.wait()
        answer.interrupt()
        await answer
        await stage.say("anything else")

        known = " ".join(texts(stage.mind.requests[-1]))
        assert (ON_THE_WAY in known, LONG in known) == (item == 2, False)
        assert LONG not in told(stage)


async def test_a_drop_between_two_items_repeats_nothing(database_url: str) -> None:
    async with staged(database_url, options=REASONS, mind=Reasoning(), speech=False) as stage:
        dropping: list[asyncio.Task[None]] = []
        begun: list[str] = []

        def drop_at_the_second(event: dict[str, Any]) -> None:
            if event["type"] == "response.output_item.added" and "phase" in event["item"]:
                begun.append(event["item"]["id"])
                if len(begun) == 2:
                    dropping.append(asyncio.ensure_future(stage.simulator.drop()))

        stage.conversation.model.live.on("openai_server_event_received", drop_at_the_second)
        await stage.say("a story please")

        assert stage.of(Recovered)
        assert told(stage) == f"{ON_THE_WAY} {LONG}"
