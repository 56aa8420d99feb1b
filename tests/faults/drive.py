"""Drives one moment with one fault at one event, and tells what is wrong afterwards."""

import asyncio

from simulator.faults import Fault
from simulator.options import Options
from switchboard.call.typed import Typed
from tests.faults.mind import WELCOME, Literal
from tests.faults.moments import Moment
from tests.faults.whole import context_is_whole, hears, ledger_is_whole, same
from tests.stage.stage import Stage, staged

PATIENCE = 20.0
LAST = "and that is all"


async def drive(database_url: str, moment: Moment, fault: Fault) -> tuple[Fault, ...]:
    """Play the moment, and find all well afterwards. Returns the fault, if it still waits for its event.

    Raises `UnwellError`.
    """
    options = Options(faults=(fault,))
    async with staged(
        database_url, line=moment.line, mind=Literal(), typed=moment.typed, greeted=False, options=options
    ) as stage:
        typed = Typed(stage.conversation.session, stage.conversation.call)
        answering = asyncio.create_task(typed.answer())
        try:
            await _play(stage, typed, moment)
            waits = stage.simulator.faults.armed
            stage.simulator.faults.clear()
            await _finish(stage, typed, moment)
        finally:
            answering.cancel()
    same("sockets left", [stage.simulator.open], [0])
    return waits


async def _play(stage: Stage, typed: Typed, moment: Moment) -> None:
    expected = [WELCOME]
    await hears(stage, expected)
    for line, answers in moment.lines:
        await stage.conversation.session.wait_for_idle()
        typed.put(line)
        expected += answers
        await hears(stage, expected)
    async with asyncio.timeout(PATIENCE):
        await stage.conversation.session.wait_for_idle()


async def _finish(stage: Stage, typed: Typed, moment: Moment) -> None:
    """One more line: the call is alive, and the model is shown all that it knows."""
    agent = stage.conversation.call.agent
    spoken = [WELCOME, *(words for _, answers in moment.lines for words in answers)]
    typed.put(LAST)
    await hears(stage, [*spoken, f"{agent} heard: {LAST}."])
    await stage.conversation.session.wait_for_idle()
    lines = [*(line for line, _ in moment.lines), LAST]
    ledger_is_whole(stage, lines, moment.tools)
    context_is_whole(stage.mind.requests[-1].items, lines, spoken, forgets=moment.forgets)
