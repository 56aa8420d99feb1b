"""Text of other people: what of it goes on into the house, and how a terminal may show it.

A caller types, a model writes a tool's arguments, a phone tells its number: in all of them may stand a NUL, which
PostgreSQL refuses, half an emoji, which nothing can encode, or the beginning of a command to the terminal.
"""

import json
import math
import re
import unicodedata
from typing import Any

DEEPEST = 32
"""Lists in lists: what nobody says, and no database takes without an end."""
TOO_DEEP = "…"
_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_HALVES = re.compile(r"[\ud800-\udfff]+")
_UNSEEN = frozenset(("Cc", "Cs", "Zl", "Zp"))
_TURNING = frozenset(("LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"))
"""Unicode's names for what makes the rest of a line run the other way."""


def clean(text: str) -> str:
    """`text` without control characters, line breaks and tabs aside, and with U+FFFD for half a character."""
    if text.isprintable():
        return text
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _CONTROL.sub("", _HALVES.sub(_joined, text))


def cleaned(value: Any, deepest: int = DEEPEST) -> Any:
    """A value as it comes out of JSON, its texts clean, and numbers that are none as texts: JSON has no "NaN"."""
    match value:
        case str():
            return clean(value)
        case dict() | list() | tuple() if not deepest:
            return TOO_DEEP
        case dict():
            return {clean(str(name)): cleaned(each, deepest - 1) for name, each in value.items()}
        case list() | tuple():
            return [cleaned(each, deepest - 1) for each in value]
        case float() if not math.isfinite(value):
            return str(value)
        case _:
            return value


def clean_json(text: str) -> str:
    r"""The same for JSON as text, in which half an emoji is written "\ud83d"; what is no JSON is text."""
    try:
        value = json.loads(text)
        better = cleaned(value)
    except (ValueError, RecursionError):
        return clean(text)
    return text if better == value else json.dumps(better, ensure_ascii=False)


def visible(text: str) -> str:
    """`text` as a terminal may show it, on one line: what moves a cursor or turns a line around is written out."""
    if text.isprintable():
        return text
    return "".join(map(_written_out, text))


def _joined(halves: re.Match[str]) -> str:
    return halves[0].encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def _written_out(character: str) -> str:
    if unicodedata.category(character) in _UNSEEN or unicodedata.bidirectional(character) in _TURNING:
        return character.encode("unicode_escape").decode("ascii")
    return character
