"""A call by `openai-agents`, with a handoff: `agents_call.py URL PCM`; PCM is a file with a spoken sentence."""

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

from agents.realtime import RealtimeAgent, RealtimeRunner, RealtimeSession, realtime_handoff

from agents import function_tool, set_tracing_disabled

PIECE = 4800


@function_tool
def find_order(order_number: str) -> str:
    """Finds an order."""
    return f"Order {order_number} was shipped."


SUPPORT = RealtimeAgent(name="support", instructions="You are support.", tools=[find_order])
GREETER = RealtimeAgent(name="greeter", instructions="You are the greeter.", handoffs=[realtime_handoff(SUPPORT)])


async def speak(session: RealtimeSession, pcm: bytes) -> None:
    """Send sound."""
    for start in range(0, len(pcm), PIECE):
        await session.send_audio(pcm[start : start + PIECE])


async def hold(session: RealtimeSession, spoken: bytes) -> dict[str, Any]:
    """The call: spoken, handed over, looked up, answered, interrupted."""
    told: dict[str, Any] = {"agents": [], "tools": [], "handoffs": [], "errors": [], "seconds": 0.0, "interrupted": 0}
    await speak(session, spoken)
    async for event in session:
        if event.type == "agent_start":
            told["agents"].append(event.agent.name)
        elif event.type == "handoff":
            told["handoffs"].append([event.from_agent.name, event.to_agent.name])
        elif event.type == "tool_end":
            told["tools"].append([event.tool.name, event.output])
        elif event.type == "error":
            told["errors"].append(str(event.error))
        elif event.type == "audio":
            before, told["seconds"] = told["seconds"], told["seconds"] + len(event.audio.data) / 48_000
            if before < 0.5 <= told["seconds"]:
                await speak(session, spoken)
        elif event.type == "audio_interrupted":
            told["interrupted"] += 1
        elif event.type == "audio_end" and told["interrupted"]:
            break
    return told


async def main(url: str, pcm: str) -> None:
    """Hold the call."""
    set_tracing_disabled(True)
    address = f"{url.replace('http', 'ws', 1)}/v1/realtime?model=gpt-realtime-2.1"
    settings = {"voice": "marin", "turn_detection": {"type": "server_vad", "interrupt_response": True}}
    runner = RealtimeRunner(GREETER, config={"model_settings": settings, "tracing_disabled": True})
    given = {"url": address, "api_key": "the-key", "initial_model_settings": settings}
    async with await runner.run(model_config=given) as session:
        told = await hold(session, await asyncio.to_thread(Path(pcm).read_bytes))
    print(json.dumps(told))


asyncio.run(main(*sys.argv[1:]))
