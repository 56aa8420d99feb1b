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
        await stage.say("and now")
        known = stage.mind.requests[-1].items

        assert not stage.of(ToolCalled)
        assert [spoke.text for spoke in stage.of(AgentSpoke)[spoken:]] == ["reception heard: and now."]
        assert not [item for item in known if item.type == "function_call"]
        assert len([item for item in known if item.role == "assistant"]) == spoken
        assert [item.text for item in known if item.role == "user"] == [words, "and now"]
