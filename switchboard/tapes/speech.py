"""What is kept of a connection to Cartesia: when it was asked, began to speak and how that ended; no words or sound."""

import json
import re
from collections.abc import Iterator
from typing import Any

from switchboard.tapes.realtime import Kept
from switchboard.tapes.tape import Taken

SOUND = re.compile(r'("data"\s*:\s*")[^"]*')
TIMES = ("timestamps", "phoneme_timestamps")
"""Words, too."""


def shortened(frame: str) -> str | None:
    """The frame as it waits in memory: without its sound."""
    return SOUND.sub(r"\1", frame)


def kept_of(tape: Iterator[Taken], kept: Kept) -> Iterator[tuple[Taken, dict[str, Any] | None]]:
    """What is kept, in order, each with its message: of the sound of a context its beginning alone."""
    heard: set[str] = set()
    for taken in tape:
        message = _message(taken)
        if message is None:
            if taken.close is not None:
                yield taken, None
            continue
        kind, context = message.get("type"), str(message.get("context_id"))
        if kind in TIMES or (kind == "chunk" and context in heard):
            continue
        heard |= {context} if kind == "chunk" else set()
        words = {name: kept(message[name]) for name in ("error", "message", "title") if name in message}
        yield taken, message | words | ({"transcript": ""} if "transcript" in message else {})


def _message(taken: Taken) -> dict[str, Any] | None:
    try:
        message = json.loads(taken.frame) if taken.close is None else None
    except (ValueError, RecursionError):
        return None
    return message if isinstance(message, dict) else None
