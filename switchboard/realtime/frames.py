"""What the service sends, cleaned where it comes in: callers' words, agents' words and the arguments of tools."""

from typing import Any

from switchboard.text import clean_json, cleaned

SOUND = ".audio.delta", ".output_audio.delta"
ARGUMENTS = "arguments"
"""A field that holds JSON: half an emoji is written out in it."""


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
