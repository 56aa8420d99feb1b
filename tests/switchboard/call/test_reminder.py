"""A word to the model, when the caller speaks: at any moment, and whoever has them by then."""

import asyncio

import pytest
from livekit.agents import FunctionToolsExecutedEvent

from simulator.mind import CallTool, Reply, Request
from switchboard.ledger.events import Ended, HandoffDone
from switchboard.line.sentences import SAY_WHAT_WAS_FOUND, STILL_TO_DISCLOSE
from tests.stage.mind import Obedient, last_said
from tests.stage.stage import Stage, staged


class Both(Obedient):
    """Looks up and hands over in one answer."""

    def answer(self, request: Request) -> Reply:
        """At "both", in the caller's turn."""
        if last_said(request) == "both" and request.items[-1].role == "user" and not request.extra:
            return [CallTool("look_up", {"thing": "parcel"}), CallTool("transfer_to_desk", {})]
        return super().answer(request)


def speak_on_the_way(stage: Stage) -> None:
    """The caller makes a sound when one agent has let them go and the other has not got them yet."""
    session = stage.conversation.session

    def a_sound() -> None:
        session._update_user_state("speaking")
        session._update_user_state("listening")

    def executed(_: FunctionToolsExecutedEvent) -> None:
        asyncio.get_running_loop().call_soon(a_sound)

    session.on("function_tools_executed", executed)


def reminded(stage: Stage, words: str) -> bool:
    return any(words in item.text for item in stage.mind.requests[-1].items if item.role == "system")


@pytest.mark.parametrize(
    ("said", "owed"), [("both", SAY_WHAT_WAS_FOUND), ("to desk", STILL_TO_DISCLOSE)], ids=["a result", "a disclosure"]
)
async def test_a_caller_who_speaks_while_they_are_handed_over_is_answered_and_the_model_reminded(
    database_url: str, said: str, owed: str
) -> None:
    mind = Both()
    disclosed = owed is not STILL_TO_DISCLOSE
    async with staged(database_url, mind=mind, speed=20 if disclosed else 0.5, greeted=disclosed) as stage:
        if not disclosed:
            await stage.loudspeaker.playing.wait()
        speak_on_the_way(stage)
        stage.speak(said)
        await stage.until(lambda: stage.of(HandoffDone) or stage.of(Ended))

        assert not stage.of(Ended)
        await stage.until_said("desk")
        await stage.say("hello")
        assert reminded(stage, owed)
