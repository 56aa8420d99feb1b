"""A caller is on the way from one agent to the next, and something else happens: nobody has a session to speak in."""

import asyncio
from collections.abc import Callable
from typing import Any

import pytest
from livekit.agents import AgentSession, FunctionToolsExecutedEvent
from livekit.agents.voice.agent_activity import ActivityClosedError

from simulator.mind import CallTool, Reply, Request
from switchboard.call.quiet import Quiet
from switchboard.ledger.events import AgentSpoke, Ended, HandoffDone
from switchboard.line.sentences import BACK_AGAIN, SAY_WHAT_WAS_FOUND, STILL_TO_DISCLOSE
from tests.livekit import LiveKitServer
from tests.stage.mind import Obedient, last_said
from tests.stage.room import booth
from tests.stage.stage import PATIENCE, Stage, staged


class Both(Obedient):
    """Looks up and hands over in one answer."""

    def answer(self, request: Request) -> Reply:
        """At "both", in the caller's turn."""
        if last_said(request) == "both" and request.items[-1].role == "user" and not request.extra:
            return [CallTool("look_up", {"thing": "parcel"}), CallTool("transfer_to_desk", {})]
        return super().answer(request)


def on_the_way(session: AgentSession[Any], happens: Callable[[], object]) -> None:
    """Have it happen when one agent has let the caller go and the other has not got them yet."""

    def executed(_: FunctionToolsExecutedEvent) -> None:
        asyncio.get_running_loop().call_soon(happens)

    session.on("function_tools_executed", executed)


def reminded(stage: Stage, words: str) -> bool:
    return any(words in item.text for item in stage.mind.requests[-1].items if item.role == "system")


@pytest.mark.parametrize(
    ("said", "owed"), [("both", SAY_WHAT_WAS_FOUND), ("to desk", STILL_TO_DISCLOSE)], ids=["a result", "a disclosure"]
)
async def test_a_caller_who_makes_a_sound_is_answered_and_the_model_reminded(
    database_url: str, said: str, owed: str
) -> None:
    disclosed = owed is not STILL_TO_DISCLOSE
    async with staged(database_url, mind=Both(), speed=20 if disclosed else 0.5, greeted=disclosed) as stage:
        session = stage.conversation.session

        def makes_a_sound() -> None:
            session._update_user_state("speaking")
            session._update_user_state("listening")

        if not disclosed:
            await stage.loudspeaker.playing.wait()
        on_the_way(session, makes_a_sound)
        stage.speak(said)
        await stage.until(lambda: stage.of(HandoffDone) or stage.of(Ended))

        assert not stage.of(Ended)
        await stage.until_said("desk")
        await stage.say("hello")
        assert reminded(stage, owed)


async def test_a_call_whose_money_is_spent_ends_with_a_goodbye(database_url: str) -> None:
    async with staged(database_url) as stage:
        on_the_way(stage.conversation.session, stage.conversation.ending.spent)
        stage.speak("to desk")
        await stage.until(lambda: stage.of(Ended))

        assert [ended.reason for ended in stage.of(Ended)] == ["maximum_cost"]
        assert stage.of(AgentSpoke)[-1].agent == "desk"


async def test_whoever_waits_for_quiet_learns_that_the_call_has_ended(database_url: str) -> None:
    async with staged(database_url) as stage:
        conversation = stage.conversation
        quiet = Quiet(conversation.session, conversation.model, conversation.call.departure)
        waiting = list[asyncio.Task[None]]()

        def ends() -> None:
            waiting.append(asyncio.create_task(quiet.wait()))
            conversation.session.shutdown(drain=False)

        on_the_way(conversation.session, ends)
        stage.speak("to desk")
        await stage.until(lambda: stage.of(Ended))

        async with asyncio.timeout(PATIENCE):
            with pytest.raises(ActivityClosedError):
                await waiting[0]


async def test_a_caller_who_was_away_goes_on_with_the_next_agent(
    livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with booth(livekit_server, database_url, monkeypatch) as this:
        presence = this.conversation._presence
        assert presence

        def comes_back() -> None:
            presence._room._left("away")
            presence._room._arrived()

        on_the_way(this.conversation.session, comes_back)
        this.type("to desk")
        await this.until(lambda: this.of(HandoffDone) or this.of(Ended))
        await this.idle()

        assert not this.of(Ended)
        assert this.of(AgentSpoke)[-1].agent == "desk"
        assert BACK_AGAIN not in [request.extra for request in this.mind.requests]
