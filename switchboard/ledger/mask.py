"""What is secret in a call, by its value: wherever it stands in what is kept, or told to others, there are stars."""

import json
import re
from collections.abc import Iterator
from typing import Any

from switchboard.redaction import spoken

MASK = "***"
LEAST = 3
"""A secret of fewer characters is hidden where it is known to stand only: everywhere it would hide half of the rest."""
SHORT = 6
"""Shorter ones are hidden as words of their own, not within others."""
_BETWEEN = r"[\s.,;:/_-]{0,3}"
"""What may stand between the characters of a secret that is spelled."""


class Mask:
    """The secrets of one call, which are learned as it goes on, also while a thread masks what is stored."""

    def __init__(self) -> None:
        self._patterns: dict[str, re.Pattern[str]] = {}
        self._digits: frozenset[str] = frozenset()
        self._turns: dict[str, str] = {}

    @property
    def known(self) -> int:
        """How many secrets there are: what was kept before the last one came may have to be masked again."""
        return len(self._patterns) + len(self._turns)

    def hide(self, secret: Any) -> None:
        """Every value in `secret`, which may be a whole JSON object, is one from now on."""
        for text in _texts(secret):
            if len(text) >= LEAST and text not in self._patterns:
                self._patterns = self._patterns | {text: _pattern(text)}
                digits = spoken.digits_of(text)
                if len(digits) >= LEAST:
                    self._digits |= {digits}

    def hide_turn(self, text: str, shown: str) -> None:
        """A turn of the caller that is a secret as a whole, however short: `shown` takes its place."""
        self._turns = self._turns | {text: shown}

    def text(self, text: str) -> str:
        """`text` without any secret."""
        for turn, shown in self._turns.items():
            text = re.sub(rf"{re.escape(turn)}(?!\w|[*#])", lambda _, shown=shown: shown, text)  # type: ignore[misc]
        spans = [match.span() for pattern in self._patterns.values() for match in pattern.finditer(text)]
        spans += [span for digits in self._digits for span in spoken.find(digits, text)]
        for start, end in reversed(_joined(spans)):
            text = f"{text[:start]}{MASK}{text[end:]}"
        return text

    def json(self, value: Any) -> Any:
        """The same for a value as it comes out of JSON; a number that is a secret becomes a text."""
        match value:
            case dict():
                return {self.text(name): self.json(each) for name, each in value.items()}
            case list() | tuple():
                return [self.json(each) for each in value]
            case str():
                return self.text(value)
            case _:
                return MASK if self._is_secret(value) else value

    def fields(self, state: dict[str, Any]) -> dict[str, Any]:
        """The same for a state that is read again: a field that is a secret is left out, and so has no wrong value."""
        return {name: self._field(value) for name, value in state.items() if not self._is_secret(value)}

    def _field(self, value: Any) -> Any:
        if isinstance(value, dict):
            return self.fields(value)
        if isinstance(value, list):
            return [self._field(each) for each in value if not self._is_secret(each)]
        return self.text(value) if isinstance(value, str) else value

    def _is_secret(self, value: Any) -> bool:
        """Whether a single value is nothing but a secret."""
        if isinstance(value, dict | list | bool) or value is None:
            return False
        return self.text(str(value).removesuffix(".0")) == MASK


def _texts(secret: Any) -> Iterator[str]:
    """The values in a secret, as they may be written in a text."""
    match secret:
        case dict():
            for each in secret.values():
                yield from _texts(each)
        case list() | tuple():
            for each in secret:
                yield from _texts(each)
            if all(isinstance(each, str | int) for each in secret):
                yield "".join(str(each) for each in secret)
        case None | bool():
            pass
        case _:
            yield str(secret).strip()


def _pattern(text: str) -> re.Pattern[str]:
    """`text` as it is, in JSON, in Python's own writing, or spelled; in capitals or not."""
    spelled = _BETWEEN.join(re.escape(each) for each in re.sub(r"[\s.,;:/_-]+", "", text) or text)
    written = {text, json.dumps(text)[1:-1], json.dumps(text, ensure_ascii=False)[1:-1], repr(text)[1:-1]}
    either = "|".join([spelled, *map(re.escape, sorted(written, key=len, reverse=True))])
    return re.compile(rf"(?<!\w)(?:{either})(?!\w)" if len(text) < SHORT else either, re.IGNORECASE)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same without overlaps, in order."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(end, joined[-1][1]))
        else:
            joined.append((start, end))
    return joined
