"""Pipecat's services for the realtime models of OpenAI and Azure, in a pipeline of its own."""

from pathlib import Path
from typing import Any

import pytest

from simulator.mind import CallTool
from simulator.options import Options
from simulator.server import Simulator
from tests.clients.foreign import PYTHON, run
from tests.clients.test_openai import LONG
from tests.simulator.minds import Given

pytestmark = pytest.mark.usefixtures("foreign_clients")


@pytest.mark.parametrize("service", ["openai", "azure"])
async def test_a_call_with_a_handoff_a_tool_a_spoken_interruption_and_its_truncation(
    service: str, sentence: Path
) -> None:
    replies: list[Any] = [[CallTool("transfer_to_support", {})], [CallTool("find_order", {"order_number": "10042"})]]
    mind = Given(*replies, LONG, hears=["Thank you."], otherwise="You are welcome.")
    async with Simulator(mind, Options(api_key="the-key", pace=1.0)) as simulator:
        told = await run(PYTHON / "pipecat_call.py", simulator.url, service, str(sentence))

    assert told["tools"] == [["transfer_to_support", {}], ["find_order", {"order_number": "10042"}]]
    assert told["errors"] == []
    assert told["interrupted"] == 1
    assert told["seconds"] >= 0.5
    assert told["text"].endswith("You are welcome.")
    assert [request.instructions for request in mind.requests] == ["You are the greeter.", *["You are support."] * 3]
    assert [tool.name for tool in mind.requests[-1].tools] == ["find_order"]
    [truncated, *_] = simulator.received("conversation.item.truncate")
    assert 0 < truncated["audio_end_ms"] < 5000
    assert list(simulator.errors) == []
