"""Where audio stands in a realtime event: taken out of it, so that it can lie in a file, and put back."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, TypeAlias

Place: TypeAlias = tuple[str | int, ...]
Event: TypeAlias = Mapping[str, Any]


def lifted(event: Event) -> tuple[Event, list[tuple[Place, bytes]]]:
    """The event with "" where audio stood, and the audio with its places. What is no base64 stays where it is."""
    found = [(path, audio) for path, text in _candidates(event) if (audio := _decoded(text))]
    for path, _ in found:
        event = _put(event, path, "")
    return event, found


def restored(event: Event, path: Place, audio: bytes) -> Event:
    """The event with `audio` at its place. Raises LookupError or TypeError when there is no such place."""
    return _put(event, path, base64.b64encode(audio).decode())  # type: ignore[no-any-return]


def _candidates(event: Event) -> Iterator[tuple[Place, str]]:
    if str(event.get("type")).endswith("audio.delta") and isinstance(event.get("delta"), str):
        yield ("delta",), event["delta"]
    yield from _under_audio(event, ())


def _under_audio(value: object, path: Place) -> Iterator[tuple[Place, str]]:
    if isinstance(value, Mapping):
        for key, inner in value.items():
            if key == "audio" and isinstance(inner, str):
                yield (*path, key), inner
            else:
                yield from _under_audio(inner, (*path, key))
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _under_audio(inner, (*path, index))


def _decoded(text: str) -> bytes | None:
    try:
        audio = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return None
    return audio if base64.b64encode(audio).decode() == text else None


def _put(value: Any, path: Sequence[Any], new: str) -> Any:
    if not path:
        return new
    if not isinstance(value, dict | list):
        raise TypeError("nothing stands inside it")
    first, rest = path[0], path[1:]
    copy: Any = value.copy()
    copy[first] = _put(copy[first], rest, new)
    return copy
