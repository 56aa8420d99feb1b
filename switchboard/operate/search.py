"""What is looked for among the words of callers, agents and persons."""

import re
import unicodedata
from dataclasses import dataclass
from typing import Self

from switchboard.text import clean

_PART = re.compile(r'"([^"]*)"?|([^\s"]+)')
_WORD = re.compile(r"[^\W_]+")


LEAST_OPEN = 3
"""The beginning of a word has so many letters: less of it is the beginning of too many."""


@dataclass(frozen=True)
class Phrase:
    """Words that follow one another. Of `open` ones the last is the beginning of a word."""

    words: tuple[str, ...]
    open: bool = False


@dataclass(frozen=True)
class Search:
    """All of its phrases are looked for, anywhere in a call. One without any finds nothing."""

    phrases: tuple[Phrase, ...]

    @classmethod
    def of(cls, written: str) -> Self:
        """`refund lamp`: both; `"broken lamp"`: one behind the other; `refu*`: what begins so. Never an error."""
        phrases = []
        for match in _PART.finditer(clean(written)):
            part = match[2] or match[1] or ""
            words = tuple(words_of(part))
            if words:
                phrases.append(Phrase(words, part.endswith("*") and len(words[-1]) >= LEAST_OPEN))
        return cls(tuple(dict.fromkeys(phrases)))

    @property
    def apart(self) -> "Search":
        """Each word on its own: what has the phrases has all of them."""
        words = [Phrase((word,)) for phrase in self.phrases for word in phrase.words[: -1 if phrase.open else None]]
        return Search((*words, *(Phrase(phrase.words[-1:], open=True) for phrase in self.phrases if phrase.open)))

    @property
    def fts5(self) -> str:
        """As SQLite's index takes it."""
        return " AND ".join(f'"{" ".join(phrase.words)}"{" *" * phrase.open}' for phrase in self.phrases)

    @property
    def tsquery(self) -> str:
        """As PostgreSQL's does."""
        return " & ".join(
            " <-> ".join(f"'{word}'" for word in phrase.words) + ":*" * phrase.open for phrase in self.phrases
        )

    def is_in(self, text: str) -> bool:
        """Whether a text that no index has says all of it."""
        words = words_of(text)
        return bool(self.phrases) and all(_says(words, phrase) for phrase in self.phrases)


def words_of(text: str) -> list[str]:
    """The words of a text as the indexes have them: small letters and digits, without accents."""
    apart = unicodedata.normalize("NFD", text.lower())
    return _WORD.findall("".join(each for each in apart if not unicodedata.combining(each)))


def _says(words: list[str], phrase: Phrase) -> bool:
    *before, last = phrase.words
    for at in range(len(words) - len(before)):
        end = words[at + len(before)]
        if words[at : at + len(before)] == before and (end.startswith(last) if phrase.open else end == last):
            return True
    return False
