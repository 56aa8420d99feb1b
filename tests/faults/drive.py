"""Drives one moment with one fault at one event, and tells what is wrong afterwards."""

import asyncio
from collections import Counter
from collections.abc import Sequence

from simulator.faults import Fault
from simulator.mind import Item
from simulator.options import Options
from switchboard.call.typed import Typed
from switchboard.ledger.events import AgentSpoke, CallerSpoke, ToolCalled, ToolReturned
from tests.faults.mind import WELCOME, Literal
from tests.faults.moments import Moment
from tests.stage.stage import Stage, staged

PATIENCE = 20.0
LAST = "and that is all"


class UnwellError(AssertionError):
    """What did not hold."""


async def drive(database_url: str, moment: Moment, fault: Fault) -> tuple[Fault, ...]:
    """Play the moment, and find all well afterwards. Returns the fault, if it still waits for its event."""
    options = Options(faults=(fault,))
    async with staged(
        database_url, line=moment.line, mind=Literal(), typed=moment.typed, greeted=False, options=options
    ) as stage:
        typed = Typed(stage.conversation.session, stage.conversation.call.departure)
        answering = asyncio.create_task(typed.answer())
        try:
            await _play(stage, typed, moment)
            waits = stage.simulator.faults.armed
            stage.simulator.faults.clear()
            await _finish(stage, typed, moment)
        finally:
            answering.cancel()
    _same("sockets left", [stage.simulator.open], [0])
    return waits


async def _play(stage: Stage, typed: Typed, moment: Moment) -> None:
    heard = [WELCOME]
    await _hears(stage, heard)
    for line, hears in moment.lines:
        await stage.conversation.session.wait_for_idle()
        typed.put(line)
        heard += hears
        await _hears(stage, heard)
    async with asyncio.timeout(PATIENCE):
        await stage.conversation.session.wait_for_idle()


async def _finish(stage: Stage, typed: Typed, moment: Moment) -> None:
    """One more line: the call is alive, and the model is shown all that it knows."""
    agent = stage.conversation.call.agent
    heard = [WELCOME, *(words for _, hears in moment.lines for words in hears), f"{agent} heard: {LAST}."]
    typed.put(LAST)
    await _hears(stage, heard)
    await stage.conversation.session.wait_for_idle()
    lines = [line for line, _ in moment.lines]
    told = [spoke.text for spoke in stage.of(CallerSpoke)]
    _same("the ledger's lines", told, [*lines, LAST])
    _same("tools that ran", [called.tool for called in stage.of(ToolCalled)], list(moment.tools))
    _same(
        "results",
        [called.call_id for called in stage.of(ToolCalled)],
        [back.call_id for back in stage.of(ToolReturned)],
    )
    _context_is_whole(stage.mind.requests[-1].items, moment, [*lines, LAST])


def _context_is_whole(items: Sequence[Item], moment: Moment, lines: Sequence[str]) -> None:
    calls = Counter(item.call_id for item in items if item.type == "function_call")
    outputs = Counter(item.call_id for item in items if item.type == "function_call_output")
    if (calls != outputs and not moment.forgets) or any(count > 1 for count in calls.values()):
        raise UnwellError(f"calls {calls}, results {outputs}")
    said = [item.text for item in items if item.role == "user"]
    if moment.forgets:
        if len(set(said)) != len(said) or LAST not in said:
            raise UnwellError(f"context {said}")
        return
    _same("the context's lines", said, list(lines))
    spoken = " ".join(item.text.strip() for item in items if item.role == "assistant")
    expected = " ".join([WELCOME, *(words for _, hears in moment.lines for words in hears)])
    _same("the context's answers", spoken.split(), expected.split())


async def _hears(stage: Stage, words: Sequence[str]) -> None:
    """Until the caller has heard that, and no word more."""
    expected = " ".join(words).split()

    def heard() -> list[str]:
        return " ".join(spoke.text for spoke in stage.of(AgentSpoke)).split()

    try:
        async with asyncio.timeout(PATIENCE):
            await stage.until(lambda: len(heard()) >= len(expected))
    except TimeoutError:
        raise UnwellError(f"silence after {' '.join(heard())!r}; expected {' '.join(expected)!r}") from None
    _same("what was heard", heard(), expected)


def _same(what: str, found: Sequence[object], expected: Sequence[object]) -> None:
    if list(found) != list(expected):
        raise UnwellError(f"{what}: {found}; expected {expected}")
