"""A turn of the caller's that nobody answers, whatever went wrong: an answer to it is asked for, once.

What loses an answer is mended where that happens. This is for what nobody knows of yet, and for a model that answers
with nothing: LiveKit waits for the caller to speak then, and they for an answer.
"""

import asyncio
from collections.abc import Callable, Mapping
from typing import Any

import structlog
from livekit.agents import (
    AgentSession,
    ConversationItemAddedEvent,
    FunctionToolsExecutedEvent,
    ToolExecutionUpdatedEvent,
    llm,
)
from livekit.agents.voice.agent_activity import ActivityClosedError
from livekit.agents.voice.events import ToolCallStarted

from switchboard.background import Background
from switchboard.call.quiet import Quiet
from switchboard.realtime.session import CallSession
from switchboard.waiting import any_set

log = structlog.get_logger(__name__)

PATIENCE_SECONDS = 2.0
"""Nobody has spoken, and nothing was under way, for so long. The caller hears a word before that."""


class Unanswered:
    """Of one call. `there`: the caller is, and nobody but the agents has them."""

    def __init__(
        self,
        session: AgentSession[Any],
        quiet: Quiet,
        background: Background,
        there: Callable[[], bool],
    ) -> None:
        self._session = session
        self._quiet = quiet
        self._background = background
        self._there = there
        self.due = False
        """The caller, or a tool, has said something to which nobody has said anything yet."""
        self._stirred = asyncio.Event()
        self._watch: asyncio.Task[None] | None = None
        session.on("conversation_item_added", self._added)
        session.on("tool_execution_updated", self._tool)
        session.on("function_tools_executed", self._executed)
        for sign in ("speech_created", "user_state_changed", "agent_state_changed"):
            session.on(sign, self._stir)

    def follow(self, realtime: CallSession) -> None:
        """See which turns the service hears, over all of its connections."""
        realtime.on("openai_server_event_received", self._received)

    def _received(self, event: Mapping[str, Any]) -> None:
        if event.get("type") == "input_audio_buffer.committed":
            self._now(due=True)

    def _added(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if not isinstance(item, llm.ChatMessage):
            return
        if item.role == "assistant":
            self._now(due=False)
        elif item.role == "user" and item.transcript_confidence is None:  # typed; what is spoken was heard before
            self._now(due=True)

    def _tool(self, event: ToolExecutionUpdatedEvent) -> None:
        if isinstance(event.update, ToolCallStarted):
            self._now(due=False)

    def _executed(self, event: FunctionToolsExecutedEvent) -> None:
        self._now(due=event.has_tool_reply)

    def _stir(self, _: object) -> None:
        self._stirred.set()

    def _now(self, *, due: bool) -> None:
        self.due = due
        self._stirred.set()
        if due and (self._watch is None or self._watch.done()):
            self._watch = self._background.run(self._see_to_it(), "see to what nobody answers")

    async def _see_to_it(self) -> None:
        try:
            while self.due:
                await self._quiet.wait()
                self._stirred.clear()
                if self.due and not await any_set(self._stirred, seconds=PATIENCE_SECONDS):
                    self._ask()
        except ActivityClosedError:
            self.due = False

    def _ask(self) -> None:
        if not self._there():
            self.due = False  # whoever comes back is greeted
        elif self._quiet.now:
            self.due = False
            log.warning("nobody has answered the caller: an answer is asked for")
            self._session.generate_reply()
