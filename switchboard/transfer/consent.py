"""Whether a person has agreed to take a caller, by what they themselves have said since the briefing began.

The model that briefs them has read the caller's words, which may tell it to accept: its word alone counts for nothing.
"""

import asyncio
import re
from typing import Any

from livekit.agents import AgentSession, AgentStateChangedEvent, UserInputTranscribedEvent
from livekit.agents.voice.events import UserStateChangedEvent

TRANSCRIPT_SECONDS = 3.0
"""For the words of a turn to be written down, after the model has acted on its sound."""
IDIOMS = re.compile(r"\b(?:no problem|no worries|not a problem|why not|(?:don't|do not) mind)\b", re.IGNORECASE)
"""A yes that has a no in it."""
NO = re.compile(r"\b(?:no|nope|not|never|don't|can't|cannot|won't|busy|later)\b", re.IGNORECASE)
MACHINE = re.compile(
    r"\b(?:leave (?:\w+ ){0,2}(?:message|name)|after the (?:tone|beep|signal)|voice ?mail|mailbox|"
    r"(?:you have|you've) reached)\b",
    re.IGNORECASE,
)
YES = re.compile(
    r"\b(?:yes|yeah|yep|sure|ok(?:ay)?|go ahead|please do|of course|certainly|i'll take|"
    r"(?:put|send) (?:\w+ ){0,2}through)\b",
    re.IGNORECASE,
)
ASKS_OR_GREETS = re.compile(r"\?\s*$|^\W*(?:hello|hi|hey|good (?:morning|afternoon|evening))\W*$", re.IGNORECASE)


class Consent:
    """Listens to the briefing's session. `transcribed`: what is heard is written down."""

    def __init__(self, transcribed: bool) -> None:
        self._transcribed = transcribed
        self._began = False
        self._spoke = False
        self._words = ""
        self._written = asyncio.Event()

    def watch(self, session: AgentSession[Any]) -> None:
        """Follow who speaks."""
        session.on("agent_state_changed", self._agent_state)
        session.on("user_state_changed", self._user_state)
        session.on("user_input_transcribed", self._heard)

    async def given(self) -> bool:
        """Whether they have spoken, and their last words can mean yes; what code cannot tell, the model judges."""
        if not self._spoke or not self._transcribed:
            return self._spoke
        try:
            await asyncio.wait_for(self._written.wait(), TRANSCRIPT_SECONDS)
        except TimeoutError:
            return False
        return agrees(self._words)

    def _agent_state(self, event: AgentStateChangedEvent) -> None:
        self._began = self._began or event.new_state == "speaking"

    def _user_state(self, event: UserStateChangedEvent) -> None:
        if event.new_state == "speaking" and self._began:
            self._spoke = True
            self._written.clear()

    def _heard(self, event: UserInputTranscribedEvent) -> None:
        if event.is_final and self._spoke and event.transcript.strip():
            self._words = event.transcript
            self._written.set()


def agrees(words: str) -> bool:
    """Whether those words of a person can mean that they take the caller."""
    words = IDIOMS.sub("yes", words.replace("\N{RIGHT SINGLE QUOTATION MARK}", "'"))
    if MACHINE.search(words) or NO.search(words):
        return False
    return YES.search(words) is not None or not ASKS_OR_GREETS.search(words)
