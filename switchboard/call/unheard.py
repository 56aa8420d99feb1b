"""What a tool brought while the caller spoke: LiveKit asks for no answer to it, so that nobody would ever hear it."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable
from typing import Any, Self

from livekit.agents import (
    AgentSession,
    ConversationItemAddedEvent,
    FunctionToolsExecutedEvent,
    SpeechCreatedEvent,
    UserStateChangedEvent,
    llm,
)
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.agent_activity import ActivityClosedError

from switchboard.background import Background
from switchboard.call.quiet import Quiet
from switchboard.call.reminder import Reminder
from switchboard.line.agent import VoiceAgent
from switchboard.line.sentences import SAY_WHAT_WAS_FOUND, UNHEARD
from switchboard.realtime.session import CallSession

RECENT = 20


class UnheardResults:
    """Has each said, once, when the caller has finished, by the agent who has them then. `over`: the call is ending."""

    def __init__(
        self,
        session: AgentSession[Any],
        quiet: Quiet,
        reminder: Reminder,
        background: Background,
        over: Callable[[], bool],
    ) -> None:
        self._session = session
        self._quiet = quiet
        self._reminder = reminder
        self._background = background
        self._over = over
        self._speeches: deque[SpeechHandle] = deque(maxlen=RECENT)
        session.on("speech_created", self._created)
        self._about_to_be_said = False
        session.on("function_tools_executed", self._executed)
        session.on("conversation_item_added", self._said)
        session.on("user_state_changed", self._user_state)

    def _created(self, event: SpeechCreatedEvent) -> None:
        self._speeches.append(event.speech_handle)

    def _executed(self, event: FunctionToolsExecutedEvent) -> None:
        """The results are on their way to the model: where nobody will ask for an answer, they say so themselves."""
        results = {result.call_id: result for result in event.function_call_outputs if result.output}
        agent = self._session.current_agent
        if not results or not isinstance(agent, VoiceAgent):
            return
        if not self._interrupted(set(results)):
            self._about_to_be_said = event.has_tool_reply
            return
        for result in results.values():
            result.output = UNHEARD.format(result=result.output)
        given = Given(CallSession.of(agent), set(results))
        self._background.run(self._have_it_said(given), "say what a tool brought")

    def _said(self, event: ConversationItemAddedEvent) -> None:
        if isinstance(event.item, llm.ChatMessage) and event.item.role == "assistant":
            self._about_to_be_said = False

    def _user_state(self, event: UserStateChangedEvent) -> None:
        """The caller speaks before a word of it was heard: the model is told, before it answers them."""
        if event.new_state == "speaking" and self._about_to_be_said:
            self._about_to_be_said = False
            self._background.run(self._reminder.give(SAY_WHAT_WAS_FOUND), "remind of what a tool brought")

    def _interrupted(self, call_ids: set[str]) -> bool:
        for speech in self._speeches:
            if any(item.type == "function_call" and item.call_id in call_ids for item in speech.chat_items):
                return speech.interrupted
        return False

    async def _have_it_said(self, given: Given) -> None:
        with given:
            try:
                await given.there.wait()
                await self._quiet.wait()
            except ActivityClosedError:
                return
            if not given.answered and not self._over():
                self._session.generate_reply()


class Given:
    """Results on their way into the conversation, and whether anything was answered since they are there."""

    def __init__(self, realtime: CallSession, call_ids: set[str]) -> None:
        self.there = asyncio.Event()
        self.answered = False
        self._call_ids = call_ids
        self._realtime = realtime
        realtime.on("openai_client_event_queued", self._sent)
        realtime.on("openai_server_event_received", self._received)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._realtime.off("openai_client_event_queued", self._sent)
        self._realtime.off("openai_server_event_received", self._received)

    def _sent(self, event: dict[str, Any]) -> None:
        if event["type"] == "conversation.item.create" and event["item"].get("call_id") in self._call_ids:
            self.there.set()

    def _received(self, event: dict[str, Any]) -> None:
        if event.get("type") == "response.created" and self.there.is_set():
            self.answered = True
