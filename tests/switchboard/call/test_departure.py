"""An answer that asks for several things at once: whatever they are, in whatever order, somebody has the caller."""

import asyncio
from collections.abc import Sequence
from itertools import permutations
from typing import Any

import pytest

from simulator.mind import CallTool, Reply, Request, Say
from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, Ended, HandoffAsked, HandoffDone, ToolReturned
from switchboard.realtime import CallSession
from tests.stage.mind import Obedient, agent_of
from tests.stage.stage import Stage, staged

WISHES = {
    "desk": CallTool("transfer_to_desk", {}),
    "studio": CallTool("transfer_to_studio", {}),
    "end": CallTool("end_call", {}),
    "write": CallTool("write_down", {"thing": "a wish"}),
}
MOVES = ("desk", "studio")
ORDERS = [order for size in range(1, len(WISHES) + 1) for order in permutations(WISHES, size)]
LONG = "very " * 2_000
"""In the arguments of a call that is to be broken off."""


class Wishing(Obedient):
    """Asks for all of `wishes` in one answer, once; the last one at such a length that it can be broken off."""

    def __init__(self, wishes: Sequence[str], broken_off: bool = False) -> None:
        super().__init__()
        self._wishes = [WISHES[wish] for wish in wishes]
        if broken_off:
            self._wishes[-1] = CallTool(self._wishes[-1].name, {**self._wishes[-1].arguments, "why": LONG})

    def answer(self, request: Request) -> Reply:
        """The wishes when told to, else a word."""
        self.requests.append(request)
        if self._wishes and any(item.text == "now" for item in request.items[-1:]):
            wishes, self._wishes = self._wishes, []
            return wishes
        return [Say(f"{agent_of(request)} is here.")]


def done(stage: Stage) -> list[str]:
    return [returned.tool for returned in stage.of(ToolReturned) if not returned.failed]


async def assert_answered_by(stage: Stage, agent: str) -> None:
    before = len(stage.of(AgentSpoke))
    await stage.say("are you there?")
    assert [spoke.agent for spoke in stage.of(AgentSpoke)[before:]] == [agent]
    assert not stage.conversation.ending.begun


@pytest.mark.parametrize("wishes", ORDERS, ids="-".join)
async def test_of_several_wishes_in_one_answer_each_has_its_outcome(database_url: str, wishes: tuple[str, ...]) -> None:
    moves = [wish for wish in wishes if wish in MOVES]
    async with staged(database_url, mind=Wishing(wishes), typed=True) as stage:
        await stage.conversation.session.run(user_input="now")
        if "end" in wishes and not moves:
            await stage.conversation.ending.over.wait()
            assert [ended.reason for ended in stage.of(Ended)] == ["goodbye"]
        else:
            await stage.conversation.session.wait_for_idle()
            await assert_answered_by(stage, moves[0] if moves else "reception")

        assert [asked.target for asked in stage.of(HandoffAsked)] == moves[:1]
        assert [moved.target for moved in stage.of(HandoffDone)] == moves[:1]
        assert done(stage).count("write_down") == wishes.count("write")


@pytest.mark.parametrize("wishes", ORDERS, ids="-".join)
async def test_an_answer_that_is_broken_off_moves_nobody_and_ends_nothing(
    database_url: str, wishes: tuple[str, ...]
) -> None:
    options = Options(arguments_piece=0.01)
    async with staged(database_url, mind=Wishing(wishes, broken_off=True), typed=True, options=options) as stage:
        session = stage.conversation.session
        written = asyncio.Event()
        assert session.current_agent.realtime_llm_session is not None
        realtime = CallSession.of(session.current_agent)

        def read(event: dict[str, Any]) -> None:
            if event["type"] == "response.function_call_arguments.delta" and "very" in event["delta"]:
                written.set()

        realtime.on("openai_server_event_received", read)
        answer = session.generate_reply(user_input="now")
        await asyncio.wait_for(written.wait(), 10)
        whole = wishes[:-1].count("write")  # begun, so that it is done; one that has not begun need not be
        await stage.until(lambda: done(stage).count("write_down") == whole)
        await session.interrupt(force=True)
        await answer
        await session.wait_for_idle()
        await assert_answered_by(stage, "reception")

        assert not stage.of(HandoffDone)
        assert not stage.of(Ended)
        assert done(stage).count("write_down") == whole
