"""What an agent would have said and done, had the caller not spoken: the model is not to take it for said or done."""

from typing import Any

from livekit.agents import AgentSession, SpeechCreatedEvent
from livekit.agents.voice import SpeechHandle

from switchboard.realtime import CallModel


class Unsaid:
    """Has the model forget it. LiveKit leaves an answer that was interrupted before its first word where it is."""

    def __init__(self, session: AgentSession[Any], model: CallModel) -> None:
        self._session = session
        self._model = model
        session.on("speech_created", self._created)

    def _created(self, event: SpeechCreatedEvent) -> None:
        event.speech_handle.add_done_callback(self._ended)

    def _ended(self, speech: SpeechHandle) -> None:
        if speech.interrupted:
            self._model.live.forget_unheard(self._session.history)
