"""A tool's result is said, once, though the caller speaks while it runs: typed or spoken, early or late."""

import asyncio
from typing import ClassVar

import pytest
from livekit.agents import RunContext, function_tool, llm

from simulator.mind import Reply, Request, Say
from switchboard.call.call import Call
from switchboard.call.typed import Typed
from switchboard.ledger.events import AgentSpoke, CallerSpoke, ToolCalled, ToolReturned
from switchboard.line.agent import VoiceAgent
from switchboard.line.workflow import NoState, Workflow
from tests.stage.mind import Obedient, agent_of
from tests.stage.stage import Stage, staged

FOUND = "the parcel is in Leeds"
OWED = "say it in your next answer"
SECONDS = 2.0


@function_tool
async def find(ctx: RunContext[Call[NoState]]) -> str:
    """Find the parcel."""
    await asyncio.sleep(SECONDS)
    return FOUND


class Finding(VoiceAgent):
    """Finds."""

    purpose = "The caller has lost something."
    opening = "Welcome the caller."
    toolbox: ClassVar[tuple[llm.Tool, ...]] = (find,)


LINE = Workflow(name="finding", start=Finding, handoffs={Finding: ()})


class Attentive(Obedient):
    """Says what it is told to say, once it stands in the conversation and has not been said."""

    def answer(self, request: Request) -> Reply:
        """As a model does that reads all that it has."""
        owed = [item for item in request.items if OWED in (item.output or item.text)]
        said = any(FOUND in item.text for item in request.items if item.role == "assistant")
        if owed and not said:
            self.requests.append(request)
            return [Say(f"{agent_of(request)} found: {FOUND}.")]
        return super().answer(request)


def said(stage: Stage) -> int:
    return sum(FOUND in spoke.text for spoke in stage.of(AgentSpoke))


@pytest.mark.parametrize("late", [0.0, 0.5, 1.0, 1.8, 1.9, 2.0])
@pytest.mark.parametrize("how", ["typed", "spoken"])
async def test_it_is_said_once_when_the_caller_has_finished(database_url: str, how: str, late: float) -> None:
    async with staged(database_url, line=LINE, mind=Attentive(), typed=how == "typed") as stage:
        typed = Typed(stage.conversation.session, stage.conversation.call)
        answering = asyncio.create_task(typed.answer())
        typed.put("call find")
        await stage.until(lambda: stage.of(ToolCalled))
        await asyncio.sleep(late)
        if how == "typed":
            typed.put("thank you")
        else:
            stage.mind.will_hear("thank you")
            stage.microphone.speak("thank you")
        await stage.until(lambda: len(stage.of(CallerSpoke)) == 2 and said(stage))
        await stage.conversation.session.wait_for_idle()
        answering.cancel()

        assert said(stage) == 1
        assert [returned.result for returned in stage.of(ToolReturned)] == [FOUND]


async def test_a_call_that_ends_before_it_is_said_has_no_fault(
    database_url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    async with staged(database_url, line=LINE, mind=Attentive(), typed=True) as stage:
        typed = Typed(stage.conversation.session, stage.conversation.call)
        answering = asyncio.create_task(typed.answer())
        typed.put("call find")
        await stage.until(lambda: stage.of(ToolCalled))
        typed.put("thank you")
        await stage.until(lambda: stage.of(ToolReturned))
        await stage.conversation.session.aclose()
        answering.cancel()

    assert "work beside a call failed" not in capsys.readouterr().out
