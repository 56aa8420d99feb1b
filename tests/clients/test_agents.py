"""OpenAI's agents for voice, of PyPI and of npm: their own runners, with agents who hand over."""

from pathlib import Path
from typing import Any

import pytest

from simulator.mind import CallTool
from simulator.options import Options
from simulator.server import Simulator
from tests.clients.foreign import NPM, PYTHON, run
from tests.clients.test_openai import LONG
from tests.simulator.minds import Given

pytestmark = pytest.mark.usefixtures("foreign_clients")


@pytest.mark.parametrize("script", [PYTHON / "agents_call.py", NPM / "agents_call.mjs"], ids=["pypi", "npm"])
async def test_a_spoken_call_with_a_handoff_a_tool_and_an_interruption(script: Path, sentence: Path) -> None:
    replies: list[Any] = [[CallTool("transfer_to_support", {})], [CallTool("find_order", {"order_number": "10042"})]]
    mind = Given(*replies, LONG, hears=["Where is my order?", "Thank you."], otherwise="You are welcome.")
    async with Simulator(mind, Options(api_key="the-key", pace=1.0)) as simulator:
        told = await run(script, simulator.url, str(sentence))

    assert told["handoffs"] == [["greeter", "support"]]
    assert told["tools"][-1] == ["find_order", "Order 10042 was shipped."]
    assert told["errors"] == []
    assert told["interrupted"] > 0
    assert told["seconds"] >= 0.5
    instructions = [request.instructions for request in mind.requests[:3]]
    assert instructions == ["You are the greeter.", "You are support.", "You are support."]
    [truncated, *_] = simulator.received("conversation.item.truncate")
    assert 0 < truncated["audio_end_ms"] < 5000
    assert list(simulator.errors) == []
