"""A text frame as JSON, and what no server of ours looks at any further."""

from __future__ import annotations

import json
import math

DEEPEST = 100
"""Lists and objects inside one another. More is nobody's request, and too deep for whoever walks through it."""


class NotJson(ValueError):  # noqa: N818 - it says what the frame is
    """The frame is no JSON that can be worked with."""


def parsed(frame: str | bytes) -> object:
    """The value that `frame` writes. Raises NotJson, also for what cannot be sent back: infinity, half a character."""
    try:
        text = frame if isinstance(frame, str) else frame.decode()
        value = _DECODER.decode(text)
        if "\\" in text:  # an escape may be half a character; audio has none
            json.dumps(value, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        raise NotJson from None
    if _depth(value) > DEEPEST:
        raise NotJson
    return value


def _finite(number: str) -> float:
    value = float(number)
    if not math.isfinite(value):
        raise NotJson
    return value


def _depth(value: object) -> int:
    depth, level = 0, [value]
    while level := [holder for holder in level if isinstance(holder, dict | list)]:
        depth += 1
        level = [inner for holder in level for inner in (holder.values() if isinstance(holder, dict) else holder)]
    return depth


_DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_finite)
"""Made once: it costs more than a frame of audio does."""
