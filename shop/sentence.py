"""What a sentence says of the things that it names: that they go back, or that they stay."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum, auto
from itertools import groupby

from shop.naming import Phrase
from shop.wording import NAMING, Kind, NotUnderstoodError, Token


class Sense(Enum):
    """What is said of a thing, or would be of the next one."""

    BACK = auto()
    LAST = auto()
    """Goes back, and is the last: "not the vase, the towels"."""
    DENIED = auto()
    KEPT = auto()
    EXCEPTED = auto()
    UNCLEAR = auto()
    """ "Not the vase and the towels": are the towels denied as well?"""


AFTER_AND = {Sense.DENIED: Sense.UNCLEAR, Sense.LAST: Sense.UNCLEAR}
AFTER_STOP = {
    Sense.DENIED: Sense.LAST,
    Sense.LAST: Sense.UNCLEAR,
    Sense.KEPT: Sense.UNCLEAR,
    Sense.EXCEPTED: Sense.UNCLEAR,
}
GOES_BACK = (Sense.BACK, Sense.LAST)


@dataclass(frozen=True)
class Statement:
    """Something is named, and goes back, or does not."""

    sense: Sense
    phrase: Phrase
    listed: bool = False
    """Another one follows: "both the vase and the towels"."""

    @property
    def back(self) -> bool:
        """Whether it goes back."""
        return self.sense in GOES_BACK


class Sentence:
    """Reads it from left to right. Raises `NotUnderstoodError` where it has no meaning here, or more than one."""

    def __init__(self, tokens: Sequence[Token]) -> None:
        self.statements: list[Statement] = []
        self._sense = Sense.BACK
        self._open = True  # a name may come
        self._owed = False  # a name has to come: "not ..."
        self._run_on = False  # "the towels not the vase"
        self._fresh = False  # what comes may be a sentence of its own
        runs = [(naming, list(run)) for naming, run in groupby(tokens, lambda token: token.kind in NAMING)]
        for place, (naming, run) in enumerate(runs):
            following = runs[place + 1][1][0].kind if place + 1 < len(runs) else None
            if naming:
                self._name(Phrase.of(run), following)
            for token in () if naming else run:
                self._take(token.kind, before_name=token is run[-1] and following is not None)
        spoken = [token.kind for token in tokens if token.kind not in (Kind.COMMA, Kind.STOP)]
        self._refuse(self._owed or spoken[-1:] in ([Kind.AND], [Kind.BUT], [Kind.OR]))  # cut off

    def _refuse(self, wrong: bool) -> None:
        if wrong:
            raise NotUnderstoodError("the sentence has no meaning here, or two")

    def _name(self, phrase: Phrase, following: Kind | None) -> None:
        if self._fresh and following is Kind.GOES:
            self._sense = Sense.BACK
        if self._sense is Sense.UNCLEAR and phrase.rest:
            self._sense = Sense.BACK
        self._refuse(not self._open or self._sense is Sense.UNCLEAR)
        self.statements.append(Statement(self._sense, phrase, listed=following is Kind.AND))
        self._open = self._owed = self._fresh = False

    def _take(self, kind: Kind, *, before_name: bool) -> None:
        match kind:
            case Kind.SEND:
                self._send()
            case Kind.GOES:
                self._refuse(self._open or self._sense not in (*GOES_BACK, Sense.EXCEPTED))
            case Kind.ONLY:
                self._refuse(self._owed or self._sense not in GOES_BACK)
            case Kind.NOT | Kind.KEEP | Kind.EXCEPT:
                self._withhold(kind)
            case Kind.BUT if self._sense is Sense.BACK and before_name:
                self._refuse(not (self.statements and self.statements[-1].phrase.all))
                self._withhold(Kind.EXCEPT)
            case _:
                self._refuse(self._owed)
                self._sense = self._connected(kind)
                self._fresh = kind is Kind.STOP or (kind is Kind.COMMA and self._sense is Sense.KEPT)
                self._open = True

    def _send(self) -> None:
        if self._owed:
            self._refuse(self._sense is not Sense.DENIED or self._run_on)
        elif self._open:
            self._sense = Sense.BACK
        else:
            self._refuse(self._sense is not Sense.BACK)

    def _withhold(self, kind: Kind) -> None:
        self._refuse(self._owed)
        self._run_on = not self._open
        if kind is Kind.NOT:
            self._refuse(
                self._sense in (Sense.KEPT, Sense.EXCEPTED) or (self._run_on and self._sense is not Sense.BACK)
            )
            self._sense = Sense.DENIED
        elif kind is Kind.KEEP:
            self._refuse(self._run_on)
            self._sense = Sense.KEPT
        else:
            self._refuse(self._sense is not Sense.BACK or not self.statements)
            self._except_from_last()
            self._sense = Sense.EXCEPTED
        self._open = self._owed = True

    def _except_from_last(self) -> None:
        last = self.statements[-1]
        phrase = replace(last.phrase, kinds=last.phrase.kinds | {Kind.ALL})
        self.statements[-1] = replace(last, phrase=phrase)

    def _connected(self, kind: Kind) -> Sense:
        """What is said of the next thing, after a comma or a word that connects."""
        now, named = self._sense, not self._open
        match kind:
            case Kind.AND:
                return AFTER_AND.get(now, now)
            case Kind.COMMA:
                if now is Sense.LAST:
                    return Sense.UNCLEAR if named else now
                return Sense.LAST if now is Sense.DENIED else now
            case Kind.STOP:
                return now if now is Sense.LAST and not named else AFTER_STOP.get(now, now)
            case Kind.OR:
                return self._or(now, named)
            case _:
                return self._but(now, named)

    def _or(self, now: Sense, named: bool) -> Sense:
        self._refuse(now is Sense.BACK or (now is Sense.LAST and named))
        return Sense.DENIED if now is Sense.LAST else now

    def _but(self, now: Sense, named: bool) -> Sense:
        self._refuse(now is Sense.LAST and named)
        return Sense.BACK if now in (*GOES_BACK, Sense.DENIED) else Sense.UNCLEAR
