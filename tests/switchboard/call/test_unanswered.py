"""Whoever has no answer, for a reason that nobody knows of, gets one; and nobody gets two."""

import asyncio
from collections.abc import Callable

import pytest

from simulator.mind import Reply, Request
from switchboard.call import unanswered
from switchboard.ledger.events import AgentSpoke, HandoffDone, ToolReturned
from tests.stage.mind import Obedient
from tests.stage.stage import Stage, staged
from tests.switchboard.call.test_unheard import FOUND
from tests.switchboard.call.test_unheard import LINE as FINDING


class Speechless(Obedient):
    """Finds no words when it is asked that, until it is asked again."""

    def __init__(self, at: Callable[[Request], bool], times: int = 1) -> None:
        super().__init__()
        self._at = at
        self._times = times
        self.silences = 0
        self.silent_again = asyncio.Event()

    def answer(self, request: Request) -> Reply:
        """Nothing, or what the obedient one says."""
        reply = super().answer(request)
        if self.silences < self._times and self._at(request):
            self.silences += 1
            if self.silences > 1:
                self.silent_again.set()
            return []
        return reply


def asked(words: str) -> Callable[[Request], bool]:
    """Whether the caller has said them last."""
    return lambda request: bool(request.items) and request.items[-1].text == words


def found(request: Request) -> bool:
    """Whether a tool has brought something."""
    return bool(request.items) and request.items[-1].type == "function_call_output"


@pytest.fixture(autouse=True)
def soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """The caller need not wait for long in a test."""
    monkeypatch.setattr(unanswered, "PATIENCE_SECONDS", 0.3)


def said(stage: Stage) -> list[str]:
    return [each.text for each in stage.of(AgentSpoke)][1:]


async def test_a_line_to_which_the_model_says_nothing_is_answered_when_nobody_has_spoken_for_a_while(
    database_url: str,
) -> None:
    async with staged(database_url, mind=Speechless(asked("hello there")), typed=True) as stage:
        await stage.say("hello there")
        await stage.until_said("heard: hello there")

        assert said(stage) == ["reception heard: hello there."]


async def test_a_spoken_turn_to_which_the_model_says_nothing_is_answered(database_url: str) -> None:
    async with staged(database_url, mind=Speechless(asked("hello there"))) as stage:
        stage.speak("hello there")
        await stage.until_said("heard: hello there")

        assert said(stage) == ["reception heard: hello there."]


async def test_what_a_tool_brought_is_told_though_the_model_said_nothing_to_it(database_url: str) -> None:
    async with staged(database_url, mind=Speechless(found), typed=True) as stage:
        await stage.say("look up parcel")
        await stage.until_said("found:")

        assert len(stage.of(ToolReturned)) == 1
        assert len(said(stage)) == 1


async def test_who_gets_nothing_twice_is_not_asked_for_again_and_again(database_url: str) -> None:
    mind = Speechless(asked("hello there"), times=9)
    async with staged(database_url, mind=mind, typed=True) as stage:
        await stage.say("hello there")
        await asyncio.wait_for(mind.silent_again.wait(), 10.0)
        await stage.conversation.session.wait_for_idle()
        await stage.say("who is there")

        assert mind.silences == 2
        assert said(stage) == ["reception heard: who is there."]


@pytest.mark.parametrize("words", ["hello there", "look up parcel", "to desk", "to desk: One moment."])
async def test_who_has_an_answer_gets_no_other(database_url: str, words: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(unanswered, "PATIENCE_SECONDS", 0.01)
    async with staged(database_url, typed=True) as stage:
        await stage.say(words)
        answered = len(stage.mind.requests)
        watch = stage.conversation._unanswered._watch
        assert watch is not None
        await asyncio.wait_for(watch, 10.0)

        assert len(stage.mind.requests) == answered
        assert bool(stage.of(HandoffDone)) == words.startswith("to desk")


async def test_a_tool_that_takes_its_time_is_waited_for(database_url: str) -> None:
    async with staged(database_url, line=FINDING, typed=True) as stage:
        await stage.say("call find")

        assert len(stage.of(ToolReturned)) == 1
        assert said(stage) == [f"finding found: {FOUND}"]
