"""What a caller says into a sentence that cannot be interrupted: LiveKit has it written down, and answers it never."""

from typing import Any

from livekit.agents import AgentSession, SpeechCreatedEvent, UserStateChangedEvent
from livekit.agents.voice import SpeechHandle
from livekit.agents.voice.agent_activity import ActivityClosedError

from switchboard.background import Background
from switchboard.call.quiet import Quiet


class Overheard:
    """Has it answered when the sentence is over, by the agent who has the caller then."""

    def __init__(self, session: AgentSession[Any], quiet: Quiet, background: Background) -> None:
        self._session = session
        self._quiet = quiet
        self._background = background
        self._spoken_into: SpeechHandle | None = None
        self._answers = 0
        session.on("speech_created", self._created)
        session.on("user_state_changed", self._user_state)

    def _created(self, event: SpeechCreatedEvent) -> None:
        if event.source == "generate_reply":
            self._answers += 1

    def _user_state(self, event: UserStateChangedEvent) -> None:
        speech = self._session.current_speech
        if event.new_state != "speaking" or speech is None or speech.allow_interruptions or speech.done():
            return
        if speech is not self._spoken_into:  # whatever else is said into it is answered with the first words
            self._spoken_into = speech
            self._background.run(self._answer_after(speech), "answer what was said meanwhile")

    async def _answer_after(self, speech: SpeechHandle) -> None:
        answers = self._answers
        try:
            await speech
            await self._quiet.wait()  # by then a sentence that went on longer has its answer
        except ActivityClosedError:
            return
        if answers == self._answers:
            self._session.generate_reply()
