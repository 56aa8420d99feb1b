"""That the caller speaks with an automated assistant: owed until an answer that says it was heard to its end."""

from typing import Any

from livekit.agents import AgentSession, ConversationItemAddedEvent, UserStateChangedEvent, llm

from switchboard.background import Background
from switchboard.call.reminder import remind
from switchboard.line.sentences import DISCLOSURE, STILL_TO_DISCLOSE


class Disclosure:
    """The first opening says it. A caller who speaks into that is told in the next answer, and so on.

    `owed`: this line tells it, and the caller has not heard it in a call that goes on here.
    """

    def __init__(self, session: AgentSession[Any], background: Background, *, owed: bool) -> None:
        self._session = session
        self._background = background
        self._owed = owed
        session.on("conversation_item_added", self._said)
        session.on("user_state_changed", self._user_state)

    def added_to(self, instructions: str) -> str:
        """Instructions for an answer that nobody asked for, with the disclosure if it is owed."""
        return f"{instructions} {DISCLOSURE}" if self._owed else instructions

    def _said(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if isinstance(item, llm.ChatMessage) and item.role == "assistant" and not item.interrupted:
            self._owed = False

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking" and self._owed:
            self._background.run(remind(self._session, STILL_TO_DISCLOSE), "remind of the disclosure")
