"""Which events begin something: of the pieces of an answer, which come in numbers that are chance, the first ones."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any


class Beginnings:
    """In what one server says, asked event by event."""

    def __init__(self) -> None:
        self._begun: set[tuple[str, str]] = set()

    def has(self, event: Mapping[str, Any]) -> bool:
        """Whether this is no piece, or the first of its kind and item."""
        piece = (str(event.get("type")), str(event.get("item_id")))
        if not piece[0].endswith(".delta"):
            return True
        first = piece not in self._begun
        self._begun.add(piece)
        return first
