"""Events of a handoff: between LiveKit's taking its listeners off the session and its putting the next agent's on."""

from collections import deque
from typing import Any

HELD = frozenset(
    {"input_audio_transcription_completed", "input_speech_started", "input_speech_stopped", "remote_item_added"}
)
MOST = 100


class HeldEvents:
    """What nobody was there to hear, until somebody is."""

    def __init__(self) -> None:
        self._held: deque[tuple[Any, tuple[Any, ...]]] = deque(maxlen=MOST)

    def hold(self, event: Any, args: tuple[Any, ...]) -> bool:
        """Keep an event that has no listener, if it is of those that matter."""
        if event not in HELD:
            return False
        self._held.append((event, args))
        return True

    def release(self, event: Any) -> list[tuple[Any, ...]]:
        """The arguments of each event of that name, for its first listener."""
        held = [args for name, args in self._held if name == event]
        self._held = deque((entry for entry in self._held if entry[0] != event), maxlen=MOST)
        return held
