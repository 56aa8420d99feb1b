"""Writes what LiveKit's session says of a call into the ledger."""

import time
from collections.abc import Collection
from dataclasses import asdict
from typing import Any

from livekit.agents import (
    AgentSession,
    AgentStateChangedEvent,
    ConversationItemAddedEvent,
    ErrorEvent,
    ToolExecutionUpdatedEvent,
    llm,
)
from livekit.agents.voice.events import ToolCallEnded, ToolCallStarted

from switchboard.call.arguments import Arguments, refusal
from switchboard.call.call import Call
from switchboard.ledger.events import (
    AgentSpoke,
    CallerSpoke,
    Failed,
    Recovered,
    Remembered,
    Speaks,
    ToolCalled,
    ToolReturned,
)


class Witness:
    """Follows the session of `call`. `secrets` are names of tool arguments whose values are written nowhere."""

    def __init__(self, call: Call[Any], secrets: Collection[str] = ()) -> None:
        self._call = call
        self._ledger = call.ledger
        self._arguments = Arguments(secrets, call.ledger.mask)
        self._remembered: Remembered | None = self._memory()
        self._running: dict[str, tuple[ToolCalled, float]] = {}

    def watch(self, session: AgentSession[Any]) -> None:
        """Follow what is said, done and failed."""
        self._session = session
        session.on("conversation_item_added", self._said)
        session.on("agent_state_changed", self._state)
        session.on("tool_execution_updated", self._tool)
        session.on("error", self._failed)

    def takes_up(self) -> None:
        """The call goes on from another one: what it knows is written here, whether or not it changes."""
        self._remembered = None
        self._remember()

    def reconnected(self, seconds: float) -> None:
        """The realtime connection is back after that long."""
        self._ledger.write(Recovered(source="realtime", ms=round(seconds * 1000, 1)))

    def _said(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if not isinstance(item, llm.ChatMessage) or not (text := (item.text_content or "").strip()):
            return
        if item.role == "user":
            line = self._call.typing
            self._ledger.write(line.spoken() if line and line.text == text else CallerSpoke(text=text))
        elif item.role == "assistant":
            self._ledger.write(AgentSpoke(agent=self._call.agent, text=text, interrupted=item.interrupted))

    def _state(self, event: AgentStateChangedEvent) -> None:
        if event.new_state == "speaking":
            self._ledger.write(Speaks(agent=self._call.agent))

    def _tool(self, event: ToolExecutionUpdatedEvent) -> None:
        update = event.update
        if isinstance(update, ToolCallStarted):
            call = update.function_call
            arguments = self._arguments.kept(call.arguments, self._tool_named(call.name))
            called = ToolCalled(agent=self._call.agent, tool=call.name, call_id=call.call_id, arguments=arguments)
            self._running[call.call_id] = (self._ledger.write(called), time.monotonic())
        elif isinstance(update, ToolCallEnded) and update.call_id in self._running:
            called, began = self._running.pop(update.call_id)
            self._ledger.write(
                ToolReturned(
                    agent=called.agent,
                    tool=called.tool,
                    call_id=called.call_id,
                    result=refusal(update.message or ""),
                    failed=update.status != "done",
                    ms=round((time.monotonic() - began) * 1000, 1),
                )
            )
        self._remember()

    def _tool_named(self, name: str) -> llm.Tool | None:
        return llm.ToolContext(self._session.current_agent.tools).function_tools.get(name)

    def _memory(self) -> Remembered:
        verified = self._call.caller.verified
        state = self._call.state.model_dump(mode="json")
        return Remembered(state=state, verified=asdict(verified) if verified else None)

    def _remember(self) -> None:
        if (memory := self._memory()) != self._remembered:
            self._remembered = memory
            self._ledger.write(memory)

    def _failed(self, event: ErrorEvent) -> None:
        error = event.error
        cause = getattr(error, "error", error)
        # Only the kind of the error and our own words: a service's message may quote what a caller said.
        self._ledger.write(
            Failed(
                source=getattr(error, "label", None) or type(event.source).__name__,
                message=type(cause).__name__,
                recoverable=bool(getattr(error, "recoverable", False)),
            )
        )
