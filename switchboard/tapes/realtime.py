"""What is kept of a realtime connection: no sound, what was said as a whole, and words as the ledger keeps them."""

import json
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from switchboard.tapes.tape import Taken

EDGE = 200
"""Characters at both ends of a frame, where its type stands."""
SOUND = ("input_audio_buffer.append", "audio.delta")
PIECES = ("transcript.delta", "text.delta")
"""What is said comes in pieces, of which none looks like a number to be taken out: only the whole is kept."""
WHOLE = ("response.done", "response.output_item.done")
"""Events with all of what was said."""
WORDS = frozenset(("transcript", "text", "output", "instructions", "message", "delta"))
JSON = "arguments"
HIDDEN = frozenset(("authorization", "headers", "client_secret", "api_key", "access_token"))
LEFT_OUT = "[left out]"
TOKENS = "logprobs"
"""The same words once more, in pieces."""

Kept = Callable[[Any], Any]
"""A value of JSON as it may be kept."""
Begun = dict[tuple[Any, ...], tuple[Taken, dict[str, Any]]]


def shortened(frame: str) -> str | None:
    """The frame as it waits in memory: None for sound."""
    ends = frame[:EDGE] + frame[-EDGE:]
    return None if any(f'{kind}"' in ends for kind in SOUND) else frame


def kept_of(tape: Iterator[Taken], kept: Kept) -> Iterator[tuple[Taken, dict[str, Any] | None]]:
    """What is kept, in order, each with its event; None: it is none, or the end."""
    begun: Begun = {}
    for taken in tape:
        event = _event(taken)
        kind = str(event.get("type")) if event else ""
        if event and kind.startswith("response.") and kind.endswith(PIECES):
            _join(begun, taken, event)
        elif kind in WHOLE and event:
            begun = {name: each for name, each in begun.items() if not _has_whole(event, *name[1:3])}
        elif taken.close is not None:
            yield from _broken_off(begun, kept)
            begun = {}
        if event is None or not kind.endswith((*SOUND, ".delta")):
            yield taken, event and _discreet(event, kept)
    yield from _broken_off(begun, kept)


def _broken_off(begun: Begun, kept: Kept) -> Iterator[tuple[Taken, dict[str, Any]]]:
    """What was being said when it ended, each in one piece."""
    return ((taken, _discreet(event, kept)) for taken, event in begun.values())


def _has_whole(event: dict[str, Any], response: Any, item: Any) -> bool:
    part = event.get("item" if "item" in event else "response")
    return isinstance(part, dict) and part.get("id") == (item if "item" in event else response)


def _event(taken: Taken) -> dict[str, Any] | None:
    try:
        event = json.loads(taken.frame) if taken.close is None else None
    except (ValueError, RecursionError):
        return None
    return event if isinstance(event, dict) else None


def _join(begun: Begun, taken: Taken, event: dict[str, Any]) -> None:
    name = (event["type"], event.get("response_id"), event.get("item_id"), event.get("content_index"))
    before = begun[name][1].get("delta") if name in begun else ""
    begun[name] = (taken, {**event, "delta": f"{before or ''}{event.get('delta') or ''}"})


def _discreet(value: Any, kept: Kept) -> Any:
    if isinstance(value, list):
        return [_discreet(each, kept) for each in value]
    if isinstance(value, Mapping):
        return {name: _field(name, each, kept) for name, each in value.items()}
    return value


def _field(name: str, value: Any, kept: Kept) -> Any:
    if name.lower() in HIDDEN and value is not None:
        return LEFT_OUT
    if name == TOKENS:
        return None
    if not isinstance(value, str):
        return _discreet(value, kept)
    if name == "audio":
        return ""
    if name == JSON:
        return _arguments(value, kept)
    return kept(value) if name in WORDS else value


def _arguments(text: str, kept: Kept) -> str:
    """They stay JSON, whatever is taken out of them."""
    try:
        return json.dumps(kept(json.loads(text)), ensure_ascii=False)
    except (ValueError, RecursionError):
        return str(kept(text))
