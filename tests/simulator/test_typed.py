"""Whole calls to the support line over the socket: every frame is what the dialect's types say (see `Wire`)."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import ValidationError

from simulator.mind import Tool
from simulator.options import Options
from simulator.playbook import Playbook
from simulator.server import Simulator
from tests.simulator import typed
from tests.simulator.wire import GA, PREVIEW, Event, Wire, connect
from tests.workflows.stage import AGENTS, World
from tests.workflows.test_support_line_playbook import CALLS
from workflows.support_line import SUPPORT_LINE

SESSIONS: dict[str, Event] = {GA: {"type": "realtime"}, PREVIEW: {}}
MODALITIES: dict[str, Event] = {GA: {"output_modalities": ["text"]}, PREVIEW: {"modalities": ["text"]}}


class Caller:
    """Calls by socket, in a world where the tools answer."""

    def __init__(self, wire: Wire, path: str, session: Event) -> None:
        self._wire = wire
        self._session = SESSIONS[path] | session
        self._world = World()
        self.over = False

    async def reach(self, agent: str) -> None:
        """An agent takes over, and speaks."""
        tools = [_declared(tool) for tool in self._world.offers(agent).values()]
        instructions = f"You are `{agent}` on the line `support-line`."
        session = self._session | {"instructions": instructions, "tools": tools}
        await self._wire.ask("session.update", "session.updated", session=session)
        await self._respond({"instructions": f"{instructions}\n{AGENTS[agent].opening}"})

    async def say(self, words: str) -> None:
        """A turn of the caller, up to the last answer to it."""
        await self._wire.send("conversation.item.create", item={
            "type": "message", "role": "user", "content": [{"type": "input_text", "text": words}]})  # fmt: skip
        await self._respond({})

    async def _respond(self, response: Event) -> None:
        done = (await self._wire.ask("response.create", "response.done", response=response))["response"]
        assert done["status"] == "completed", done
        calls = [item for item in done["output"] if item["type"] == "function_call"]
        for call in calls:
            await self._run(call)
        if calls and not self.over:
            await self._go_on(calls[-1]["name"])

    async def _run(self, call: Event) -> None:
        self.over = self.over or call["name"] == "end_call"
        output = "" if self.over else self._world.run(call["name"], json.loads(call["arguments"]))
        item = {"type": "function_call_output", "call_id": call["call_id"], "output": output or "done"}
        await self._wire.send("conversation.item.create", item=item)

    async def _go_on(self, last: str) -> None:
        agent = last.removeprefix("transfer_to_")
        if agent in AGENTS:
            await self.reach(agent)
        else:
            await self._respond({})


def _declared(tool: Tool) -> Event:
    return {"type": "function", "name": tool.name, "description": tool.description, "parameters": tool.parameters}


@pytest.fixture(scope="module")
def playbook() -> Playbook:
    assert isinstance(SUPPORT_LINE.playbook, Path)
    return Playbook.load(SUPPORT_LINE.playbook)


async def hold(playbook: Playbook, path: str, title: str, session: Event) -> list[Event]:
    """A call of the support line's, from the greeting to the goodbye."""
    options = Options(pace=1000, conversation_created="both")
    async with Simulator(playbook, options) as simulator, connect(simulator, path) as wire:
        caller = Caller(wire, path, session)
        await caller.reach("greeter")
        for words, _ in CALLS[title]:
            await caller.say(words)
        assert caller.over
        assert list(simulator.errors) == []
        return wire.seen


@pytest.mark.parametrize("title", CALLS)
@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_every_frame_of_a_written_call_is_as_its_type(playbook: Playbook, path: str, title: str) -> None:
    seen = await hold(playbook, path, title, MODALITIES[path])
    assert {"response.function_call_arguments.done", "response.done"} <= {event["type"] for event in seen}


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_every_frame_of_a_spoken_call_is_as_its_type(playbook: Playbook, path: str) -> None:
    seen = await hold(playbook, path, "an angry caller", {})
    assert any(event["type"].endswith("audio.delta") for event in seen)


@pytest.mark.parametrize("preview", [True, False])
def test_a_frame_that_is_not_as_its_type_is_noticed(preview: bool) -> None:
    with pytest.raises(ValidationError):
        typed.check({"type": "input_audio_buffer.speech_started", "event_id": "e", "audio_start_ms": "1"}, preview)
    with pytest.raises(KeyError):
        typed.check({"type": "response.smell.delta"}, preview)
