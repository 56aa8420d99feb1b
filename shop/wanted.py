"""What of an order a caller wants to send back: all, all but something, this and that, not this, the first one.

    everything | both | all [names] | [three] names | the first [two] | the rest
    X and Y | X, not Y | not X but Y | all except X | keep X, return Y

What has no meaning here, or two, is not understood: the caller is asked again, and nothing is guessed.
"""

from collections.abc import Iterable, Sequence

from shop.naming import Goods, Phrase
from shop.sentence import Sense, Sentence, Statement
from shop.wording import NotUnderstoodError, tokens

Meant = Sequence[tuple[Statement, set[int]]]


def wanted(goods: Goods, said: str) -> set[int]:
    """The places of what shall go back, at least one. Raises `NotUnderstoodError`."""
    found = Sentence(tokens(said, [product for _, product in goods])).statements
    meant = _meant(goods, found or [Statement(Sense.BACK, Phrase.of(()))])
    back = _all(places for statement, places in meant if statement.back)
    kept = _all(places for statement, places in meant if not statement.back)
    if not back - kept or any(_contradicted(statement, places, back, kept) for statement, places in meant):
        raise NotUnderstoodError("the sentence contradicts itself, or leaves nothing to send back")
    _check_everything(meant, back)
    return back - kept


def _meant(goods: Goods, found: Sequence[Statement]) -> Meant:
    named = {
        index: each.phrase.lines(goods, listed=each.listed) for index, each in enumerate(found) if not each.phrase.rest
    }
    elsewhere = _all(named.values())
    return [
        (each, named[index] if index in named else each.phrase.remaining(goods, elsewhere))
        for index, each in enumerate(found)
    ]


def _contradicted(statement: Statement, places: set[int], back: set[int], kept: set[int]) -> bool:
    """Whether something shall both go back and stay, is excepted from what it is no part of, or "not everything"."""
    if statement.back:
        return not statement.phrase.all and bool(places & kept)
    return statement.phrase.bare or (statement.sense is Sense.EXCEPTED and not places <= back)


def _check_everything(meant: Meant, back: set[int]) -> None:
    """Raise `NotUnderstoodError` for "everything" beside the names of less."""
    everything = any(statement.back and statement.phrase.bare for statement, _ in meant)
    names = _all(places for statement, places in meant if statement.back and not statement.phrase.bare)
    if everything and names and names != back:
        raise NotUnderstoodError("everything, or what is named?")


def _all(sets: Iterable[set[int]]) -> set[int]:
    return {place for places in sets for place in places}
