"""Others' words in what a model or a colleague reads: data on a line of its own that says whose they are.

Whatever a caller says, types or has written somewhere can look like a line of ours. None of it gets out of its line.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

LINE_BREAKS = ("Cc", "Zl", "Zp")
"""Unicode's kinds of characters that end a line or move the cursor: a space takes their place."""
UNSEEN = ("Cf", "Co", "Cs")
"""Those that nobody sees, that turn the direction of writing, or are half of one: they are left out."""
MORE_UNSEEN = range(0xE0100, 0xE01F0)
"""Variation selectors beyond those that emoji use: whole texts are hidden in them."""


@dataclass(frozen=True)
class Said:
    """What somebody said, or wrote: `str` is one line of JSON."""

    by: str
    words: str

    def __str__(self) -> str:
        return as_json({self.by: self.words})


def one_line(text: str) -> str:
    """`text` without anything that breaks a line, hides, or turns what stands beside it around."""
    seen = "".join(" " if unicodedata.category(each) in LINE_BREAKS else each for each in text if not _is_unseen(each))
    return " ".join(seen.split())


def inside_quotes(text: str) -> str:
    """`text` as it may stand between our quotation marks, for what is to be spoken: its own ones are others."""
    return one_line(text).replace('"', "\N{RIGHT DOUBLE QUOTATION MARK}")


def as_json(words: Mapping[str, str] | Iterable[str]) -> str:
    """A JSON object, or a list, of others' words in one line."""
    if isinstance(words, Mapping):
        return json.dumps({name: one_line(each) for name, each in words.items()}, ensure_ascii=False)
    return json.dumps([one_line(each) for each in words], ensure_ascii=False)


def _is_unseen(character: str) -> bool:
    return unicodedata.category(character) in UNSEEN or ord(character) in MORE_UNSEEN
