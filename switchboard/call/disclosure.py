"""What the caller has to be told, such as that they speak with an automated assistant: until they have heard it."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from livekit.agents import AgentSession, ConversationItemAddedEvent, UserStateChangedEvent, llm

from switchboard.background import Background
from switchboard.call.reminder import Reminder
from switchboard.line.sentences import DISCLOSURE, RECORDED, STILL_TO_DISCLOSE, STILL_TO_SAY_RECORDED


@dataclass(frozen=True)
class Debt:
    """Something to be told: what is added to an opening, and to what follows if the caller spoke into it."""

    opening: str
    reminder: str


AUTOMATED = Debt(DISCLOSURE, STILL_TO_DISCLOSE)
IS_RECORDED = Debt(RECORDED, STILL_TO_SAY_RECORDED)


class Disclosure:
    """The first opening says it. A caller who speaks into that is told in the next answer, and so on.

    `owed`: what this line tells, and the caller has not heard in a call that goes on here. `told` is called when they
    have heard an answer that says it to its end.
    """

    def __init__(
        self,
        session: AgentSession[Any],
        reminder: Reminder,
        background: Background,
        owed: tuple[Debt, ...],
        told: Callable[[], None],
    ) -> None:
        self._reminder = reminder
        self._background = background
        self._owed = owed
        self._told = told
        session.on("conversation_item_added", self._said)
        session.on("user_state_changed", self._user_state)

    def added_to(self, instructions: str) -> str:
        """Instructions for an answer that nobody asked for, with what is owed."""
        return " ".join([instructions, *(debt.opening for debt in self._owed)])

    def _said(self, event: ConversationItemAddedEvent) -> None:
        item = event.item
        if self._owed and isinstance(item, llm.ChatMessage) and item.role == "assistant" and not item.interrupted:
            self._owed = ()
            self._told()

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking" and self._owed:
            words = " ".join(debt.reminder for debt in self._owed)
            self._background.run(self._reminder.give(words), "remind of what the caller has to be told")
