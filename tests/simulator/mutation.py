"""Valid messages with one thing wrong."""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Sequence
from typing import Any, TypeAlias

Json: TypeAlias = Any
ODD: Sequence[Json] = (
    None, True, False, 0, -1, 1, 3, 2**31, 10**400, -0.5, 0.7, 3.5, 1e300, "", "x", "é", "pcm16", "auto", "server_vad",
    "item_reference", "function", " " * 600, [], [1], ["pcm16"], [[]], [{}], {}, {"a": 1}, {"type": "x"}, {"id": 5},
)  # fmt: skip
"""Whatever the field is for, most of these are wrong in it."""


class Mutations:
    """Always the same for one seed."""

    def __init__(self, seed: int) -> None:
        self._dice = random.Random(seed)

    def of(self, messages: Sequence[Json]) -> Json:
        """One of the messages, with one thing changed, taken away or added."""
        message = copy.deepcopy(self._dice.choice(messages))
        holder, key = self._dice.choice(list(_places(message)))
        kind = self._dice.random()
        if kind < 0.1 and isinstance(holder, dict):
            holder["enabled"] = self._dice.choice(ODD)
        elif kind < 0.25:
            del holder[key]
        else:
            holder[key] = copy.deepcopy(self._dice.choice(ODD))
        return message


def _places(value: Json) -> Iterator[tuple[Json, Any]]:
    """Every place in `value`, as what holds it and its name or number there."""
    if isinstance(value, dict | list):
        for key in list(value) if isinstance(value, dict) else range(len(value)):
            yield value, key
            yield from _places(value[key])
