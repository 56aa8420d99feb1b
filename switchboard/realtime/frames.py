"""What the service sends, cleaned where it comes in: callers' words, agents' words and the arguments of tools."""

from collections import deque
from typing import Any

from switchboard.text import clean_json, cleaned

SOUND = ".audio.delta", ".output_audio.delta"
ARGUMENTS = "arguments"
"""A field that holds JSON: half an emoji is written out in it."""
LATELY = 32


def clean_frame(frame: dict[str, Any]) -> None:
    """Clean all text of one frame, in place; sound has none."""
    if not str(frame.get("type")).endswith(SOUND):
        for name, value in frame.items():
            frame[name] = _cleaned(name, value)


def _cleaned(name: str, value: Any) -> Any:
    match value:
        case dict():
            return {field: _cleaned(field, each) for field, each in value.items()}
        case list():
            return [_cleaned(name, each) for each in value]
        case str() if name == ARGUMENTS:
            return clean_json(value)
        case _:
            return cleaned(value)


class Twice:
    """Notices an event that comes a second time; each has an id of its own."""

    def __init__(self) -> None:
        self._ids: deque[str] = deque(maxlen=LATELY)

    def comes(self, event: dict[str, Any]) -> bool:
        """Whether this one has come lately."""
        event_id = event.get("event_id")
        if not isinstance(event_id, str):
            return False
        known = event_id in self._ids
        self._ids.append(event_id)
        return known
