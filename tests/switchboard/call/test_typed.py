"""What a caller types is answered, whenever it comes, by the agent who has them then."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import pytest
from livekit.agents import llm

from switchboard.call.typed import Typed
from switchboard.call.typed_line import TypedLine
from switchboard.ledger.events import AgentSpoke, CallerSpoke, HandoffAsked, HandoffDone
from tests.stage.stage import Stage, staged

LINE = "what about the parcel"
LATE_MS = (0, 1, 2, 4, 8, 16, 32)


@asynccontextmanager
async def typing(stage: Stage) -> AsyncIterator[Typed]:
    typed = Typed(stage.conversation.session, stage.conversation.call)
    answering = asyncio.create_task(typed.answer())
    try:
        yield typed
    finally:
        answering.cancel()


def lines(stage: Stage) -> list[str]:
    return [spoke.text for spoke in stage.of(CallerSpoke)]


def answered(stage: Stage, line: str) -> list[str]:
    """Who answered it."""
    return [spoke.agent for spoke in stage.of(AgentSpoke) if f"heard: {line}" in spoke.text]


@pytest.mark.parametrize("late_ms", LATE_MS)
@pytest.mark.parametrize("target", ["desk", "studio"])
async def test_a_line_typed_in_a_handoff_is_answered_by_the_next_agent(
    database_url: str, target: str, late_ms: int
) -> None:
    async with staged(database_url, typed=True) as stage, typing(stage) as typed:
        typed.put(f"to {target}: one moment please, I will put you through to them now")
        await stage.until(lambda: stage.of(HandoffAsked))
        await asyncio.sleep(late_ms / 1000)
        typed.put(LINE)
        await stage.until(lambda: answered(stage, LINE))

        assert lines(stage)[1:] == [LINE]
        assert answered(stage, LINE) == [target]
        assert [done.target for done in stage.of(HandoffDone)] == [target]


async def test_a_line_typed_in_a_handoff_waits_for_a_caller_who_leaves_meanwhile(database_url: str) -> None:
    async with staged(database_url, typed=True) as stage, typing(stage) as typed:
        typed.put("to desk: one moment please, I will put you through to them now")
        await stage.until(lambda: stage.of(HandoffAsked))
        typed.put(LINE)
        for _ in range(5):
            await asyncio.sleep(0)
        assert stage.conversation.call.typing == TypedLine(LINE)  # at hand, and waits for the handoff
        typed.hold()
        await stage.until(lambda: any(spoke.agent == "desk" for spoke in stage.of(AgentSpoke)))
        waits = typed.waiting
        typed.release()
        await stage.until(lambda: answered(stage, LINE))

        assert waits
        assert answered(stage, LINE) == ["desk"]


@pytest.mark.parametrize("late_ms", LATE_MS)
async def test_two_lines_typed_at_once_both_stand_before_the_answer(database_url: str, late_ms: int) -> None:
    async with staged(database_url, typed=True) as stage, typing(stage) as typed:
        typed.put("first")
        await asyncio.sleep(late_ms / 1000)
        typed.put("second")
        await stage.until(lambda: answered(stage, "second"))

        assert lines(stage) == ["first", "second"]
        seen = [item.text for item in stage.mind.requests[-1].items if item.role == "user"]
        assert seen == ["first", "second"]


async def test_a_line_has_the_name_that_its_page_has_for_it_and_what_is_spoken_meanwhile_has_none(
    database_url: str,
) -> None:
    async with staged(database_url, typed=True) as stage, typing(stage) as typed:
        typed.put(LINE, "line-1")
        spoken = llm.ChatMessage(role="user", content=["thank you"])
        await asyncio.sleep(0)
        assert stage.conversation.call.typing  # and on its way to the service
        stage.conversation.session._conversation_item_added(spoken)
        await stage.until(lambda: answered(stage, LINE))
        typed.put(LINE)
        await stage.until(lambda: len(answered(stage, LINE)) == 2)

        assert [(spoke.text, spoke.typed) for spoke in stage.of(CallerSpoke)] == [
            ("thank you", None),
            (LINE, "line-1"),
            (LINE, None),
        ]


@pytest.mark.parametrize("late_ms", LATE_MS)
async def test_a_line_that_is_spoken_over_is_kept(database_url: str, late_ms: int) -> None:
    async with staged(database_url, typed=True) as stage, typing(stage) as typed:
        typed.put(LINE)
        await asyncio.sleep(late_ms / 1000)
        await stage.conversation.session.interrupt(force=True)
        await stage.until(lambda: lines(stage))
        await stage.conversation.session.wait_for_idle()

        assert lines(stage) == [LINE]
