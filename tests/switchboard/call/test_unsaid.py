"""An answer that the caller interrupts before its first word was never given, and the model knows that."""

import asyncio
from typing import Any

import pytest

from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, ToolCalled
from tests.stage.stage import PATIENCE, Stage, staged


async def interrupt_at(kind: str, stage: Stage, words: str) -> None:
    """The answer to `words` has come so far, and is interrupted before anybody could read any of it."""
    session, live = stage.conversation.session, stage.conversation.model.live

    def received(event: dict[str, Any]) -> None:
        if event["type"] == kind:
            session.interrupt()

    live.on("openai_server_event_received", received)
    async with asyncio.timeout(PATIENCE):
        await session.generate_reply(user_input=words)
        await session.wait_for_idle()
    live.off("openai_server_event_received", received)


@pytest.mark.parametrize("fault", [None, "unheeded", "drop", "far"])
@pytest.mark.parametrize("kind", ["response.done", "response.output_item.added"], ids=["whole", "growing"])
@pytest.mark.parametrize("words", ["hello", "look up parcel"], ids=["words", "call"])
async def test_the_model_neither_said_nor_did_what_was_interrupted_before_it_began(
    database_url: str, words: str, kind: str, fault: str | None
) -> None:
    # "far": all of it is said and called when the service hears that it is to stop, and asked for anew before we know
    piece = 0.01 if kind.endswith("added") else 0.0
    options = Options(text_word=piece, arguments_piece=piece, round_trip=0.2 if fault == "far" else 0.0)
    async with staged(database_url, typed=True, options=options) as stage:
        spoken = len(stage.of(AgentSpoke))
        if fault == "unheeded":  # the service has said and called all of it before it hears that it is to stop
            stage.simulator.faults.add("refuse", at="response.cancel", count=None)
        elif fault == "drop":
            stage.simulator.faults.add("drop", at="response.cancel", when="before")
        await interrupt_at(kind, stage, words)
        await nothing_is_left_of(stage, words, spoken)


@pytest.mark.parametrize("fault", ["item told later", "all in one step"])
@pytest.mark.parametrize("words", ["hello", "look up parcel"], ids=["words", "call"])
async def test_an_answer_of_which_more_was_on_its_way_when_it_was_interrupted_was_neither_said_nor_done(
    database_url: str, words: str, fault: str
) -> None:
    piece = 0.0 if fault == "all in one step" else 0.01
    async with staged(database_url, typed=True, options=Options(text_word=piece, arguments_piece=piece)) as stage:
        spoken = len(stage.of(AgentSpoke))
        if fault == "item told later":
            stage.simulator.faults.add("stall", at="conversation.item.added", skip=1, seconds=0.5)
        await interrupt_at("response.output_item.added", stage, words)
        await nothing_is_left_of(stage, words, spoken)


async def nothing_is_left_of(stage: Stage, words: str, spoken: int) -> None:
    """The caller, whom agents had told so many things before, goes on: nobody knows of an answer to `words`."""
    await stage.say("and now")
    known = stage.mind.requests[-1].items

    assert not stage.of(ToolCalled)
    assert [spoke.text for spoke in stage.of(AgentSpoke)[spoken:]] == ["reception heard: and now."]
    assert not [item for item in known if item.type == "function_call"]
    assert len([item for item in known if item.role == "assistant"]) == spoken
    assert [item.text for item in known if item.role == "user"] == [words, "and now"]
