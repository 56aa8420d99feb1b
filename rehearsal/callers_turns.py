"""What the caller of a call said and typed, as the turns of a scenario."""

from collections.abc import Iterator, Sequence
from typing import Any

from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Event, ToolCalled, ToolReturned, Turn
from switchboard.room.keypad import KEYS, TYPED

TYPES = f"{TYPED} "


def callers_turns(events: Sequence[Event]) -> Iterator[dict[str, Any]]:
    """Each as the format has it."""
    untold: str | None = None  # a tool whose result no agent has told yet
    running: set[str] = set()
    for event in events:
        match event:
            case ToolCalled():
                running.add(event.call_id)
                untold = event.tool
            case ToolReturned():
                running.discard(event.call_id)
            case AgentSpoke() if not running:
                untold = None
            case CallerSpoke():
                yield _turn(event.text) | ({"during": untold} if untold else {})
                untold = None
            case Ended(reason="caller_left") if untold:
                yield {"hangs_up": True, "during": untold}
            case _:
                pass


def in_order(events: Sequence[Event]) -> list[Event]:
    """The events, with what the caller said before what was called for it: a service may write it down later."""
    ordered: list[Event] = []
    answering, called_at = False, None  # since when tools are called that nobody seems to have asked for
    for event in events:
        if isinstance(event, CallerSpoke):
            ordered.insert(len(ordered) if called_at is None else called_at, event)
            answering, called_at = True, None
            continue
        if isinstance(event, ToolCalled) and not answering and called_at is None:
            called_at = len(ordered)
        elif isinstance(event, Turn) and event.first_sound_ms is not None:
            answering, called_at = False, None
        ordered.append(event)
    return ordered


def _turn(text: str) -> dict[str, Any]:
    keys = text.removeprefix(TYPES)
    return {"types": keys} if keys != text and KEYS.issuperset(keys) else {"says": text}
