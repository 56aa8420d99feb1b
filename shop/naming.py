"""The name of something in an order, and which lines it means: "the first two lamps", "all three", "the rest"."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from shop.wording import Kind, NotUnderstoodError, Token, words_of

Goods = Sequence[tuple[int, str]]
"""Quantities and products, in the order in which they are read out."""


@dataclass(frozen=True)
class Phrase:
    """What was said of it."""

    names: frozenset[str]
    counts: frozenset[int]
    places: Sequence[int]
    kinds: frozenset[Kind]

    @classmethod
    def of(cls, tokens: Sequence[Token]) -> Phrase:
        """The phrase of such tokens, which stand beside each other."""
        names = frozenset(name for token in tokens for name in token.names)
        counts = frozenset(token.number for token in tokens if token.kind is Kind.COUNT)
        places = [token.number for token in tokens if token.kind is Kind.NTH]
        return cls(names, counts, places, frozenset(token.kind for token in tokens))

    @property
    def all(self) -> bool:
        """Whether it may mean several lines."""
        return bool(self.kinds & {Kind.ALL, Kind.BOTH})

    @property
    def bare(self) -> bool:
        """Whether it says "everything" or "both", and nothing else."""
        return self.all and not (self.names or self.places or self.rest)

    @property
    def rest(self) -> bool:
        """Whether it means what is not named otherwise."""
        return Kind.REST in self.kinds

    def lines(self, goods: Goods, *, listed: bool = False) -> set[int]:
        """The places of the lines that it names. Raises `NotUnderstoodError` where that is not plain.

        `listed`: something is added to it, as in "both the vase and the towels".
        """
        fitting = _fitting(goods, self.names)
        if self.places:
            return set(self._placed(fitting))
        if listed and Kind.BOTH in self.kinds and self.names and len(fitting) == 1:
            return set(fitting)
        if not fitting or (len(fitting) > 1 and not self.all and not self.counts):
            raise NotUnderstoodError("none is of that name, or several are")
        self._count(goods, fitting)
        return set(fitting)

    def remaining(self, goods: Goods, named: set[int]) -> set[int]:
        """The places of what is not named otherwise. Raises `NotUnderstoodError`."""
        fitting = [place for place in _fitting(goods, self.names) if place not in named]
        if not named or not fitting or self.places or (self.names and len(fitting) > 1):
            raise NotUnderstoodError("the rest of what?")
        self._count(goods, fitting, lines=True)
        return set(fitting)

    def _placed(self, fitting: Sequence[int]) -> Sequence[int]:
        """ "The first", "the last two" of those."""
        count = max(self.counts, default=1)
        if len(self.places) > 1 or len(self.counts) > 1 or self.all or (count > 1 and self.places[0] not in (1, -1)):
            raise NotUnderstoodError("which places?")
        if self.names and len(fitting) == 1:
            raise NotUnderstoodError("the first of several of a kind, which go back together")
        place = self.places[0]
        found = fitting[-count:] if place < 0 else fitting[place - 1 : place - 1 + count]
        if len(found) != count:
            raise NotUnderstoodError("there are not so many")
        return found

    def _count(self, goods: Goods, fitting: Sequence[int], *, lines: bool = False) -> None:
        """Raise `NotUnderstoodError` unless there are as many as was said: "all three" counts lines or pieces."""
        pieces = sum(goods[place][0] for place in fitting)
        right = {pieces, len(fitting)} if self.all or lines else {pieces}
        if not self.counts | ({2} if Kind.BOTH in self.kinds else set()) <= right:
            raise NotUnderstoodError("there are more of them, or fewer")


def _fitting(goods: Goods, names: frozenset[str]) -> list[int]:
    """The places of the products with all of these words; of one that is called just so, before those with more."""
    words = [frozenset(words_of(product)) for _, product in goods]
    exact = [place for place, each in enumerate(words) if names and each == names]
    return exact or [place for place, each in enumerate(words) if names <= each]
