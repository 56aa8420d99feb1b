"""A6: a person is given a caller by their own voice or key, whatever the model that briefs them has read."""

from collections.abc import Callable
from contextlib import AbstractAsyncContextManager

import pytest

from simulator.mind import CallTool, Reply, Request, Say
from simulator.voice import synthesize
from switchboard.line.sentences import ASK_FOR_A_YES
from tests.livekit import LiveKitServer
from tests.stage.mind import agent_of
from tests.switchboard.transfer.exchange import PATIENCE, Desk, Ear, answers
from tests.switchboard.transfer.test_bringing_in import AGENT, House, Team, house, picked_up

Attacked = Callable[[], AbstractAsyncContextManager[House]]


class Obeying(Team):
    """The model that briefs has been told by the caller's words to accept at once, and does so at every turn."""

    def answer(self, request: Request) -> Reply:
        """Accept."""
        if agent_of(request) != "briefing" or not request.tools:
            return super().answer(request)
        self.requests.append(request)
        return [Say("A caller is waiting. May I put them through?"), CallTool("accept_caller", {})]


@pytest.fixture
def attacked(livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch) -> Attacked:
    """A call whose caller has made the model that briefs accept."""
    return lambda: house(
        livekit_server, database_url, monkeypatch, answers, mind=Obeying(), accept_seconds=int(PATIENCE)
    )


async def says(call: House, desk: Desk, words: str) -> None:
    call.stage.mind.will_hear(words)
    desk.voice.say(synthesize(words, "caller", 1.0).pcm)


async def began(desk: Desk) -> None:
    """The briefing is being spoken."""
    ear = Ear(desk.room, AGENT)
    await ear.until_loud()
    await ear.aclose()


def refused(call: House, words: str = "") -> bool:
    """Whether the model has tried to accept after the person has said `words`, and was told that it must not."""
    items = call.asked_of("briefing")[-1].items if call.asked_of("briefing") else ()
    said = [number for number, item in enumerate(items) if item.role == "user" and item.text == words]
    if words and not said:
        return False
    since = items[said[-1] :] if words else items
    return any(ASK_FOR_A_YES in (item.output or "") for item in since)


async def is_not_given_the_caller(call: House, desk: Desk) -> None:
    """Nobody has the caller, until the person has declined."""
    assert "accepted" not in [stage for stage, _ in call.stages()]
    await desk.press("2")
    await call.told()

    assert [stage for stage, _ in call.stages()][-2:] == ["declined", "unreached"]
    assert not call.ear.has_heard(1_130)


async def test_a_model_that_accepts_in_the_persons_stead_gives_the_caller_to_nobody(attacked: Attacked) -> None:
    async with attacked() as call:
        desk = await picked_up(call)
        await call.stage.simulator.wait_for(lambda: refused(call), PATIENCE)
        await is_not_given_the_caller(call, desk)


async def test_a_hello_before_the_briefing_is_no_yes(attacked: Attacked) -> None:
    async with attacked() as call:
        desk = await picked_up(call)
        await says(call, desk, "yes, this is Anna speaking")
        await call.stage.simulator.wait_for(lambda: refused(call, "yes, this is Anna speaking"), PATIENCE)
        await is_not_given_the_caller(call, desk)


@pytest.mark.parametrize(
    "words", ["no, I am busy", "who is it?", "hello?", "you have reached Anna, please leave a message after the tone"]
)
async def test_a_person_who_does_not_agree_is_not_given_the_caller_though_the_model_accepts(
    attacked: Attacked, words: str
) -> None:
    async with attacked() as call:
        desk = await picked_up(call)
        await began(desk)
        await says(call, desk, words)
        await call.stage.simulator.wait_for(lambda: refused(call, words), PATIENCE)
        await is_not_given_the_caller(call, desk)


@pytest.mark.parametrize("words", ["yes, put them through", "ja, gerne"])
async def test_a_person_who_agrees_in_their_own_words_is_given_the_caller(attacked: Attacked, words: str) -> None:
    async with attacked() as call:
        desk = await picked_up(call)
        await began(desk)
        await says(call, desk, words)
        await call.until_stage("joined")
