"""Which of LiveKit's speeches has asked for which answer, and which of them ends one that is not its own."""

import asyncio
from weakref import WeakValueDictionary

from livekit.agents.voice.agent import _get_activity_task_info
from livekit.agents.voice.speech_handle import SpeechHandle

from switchboard.realtime.answer import Answer


class Askers:
    """Of one session. LiveKit runs each speech in a task, in which it asks, and winds up."""

    def __init__(self) -> None:
        self._by_request = WeakValueDictionary[str, SpeechHandle]()

    def note(self, event_id: str | None) -> None:
        """That request is made now."""
        if event_id and (speech := _speech_of_this_task()):
            self._by_request[event_id] = speech

    def is_late(self, answer: Answer) -> bool:
        """Whether who interrupts now is a speech that winds up, and that answer has begun since and is another's."""
        speech = _speech_of_this_task()
        if speech is None or not speech.interrupted or answer.stopped:
            return False
        return answer.asked is None or self._by_request.get(answer.asked.event_id or "") is not speech


def _speech_of_this_task() -> SpeechHandle | None:
    """None as well in a tool of it."""
    task = asyncio.current_task()
    info = _get_activity_task_info(task) if task else None
    return info.speech_handle if info and info.function_call is None else None
