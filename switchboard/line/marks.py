"""A sentence in which the words of a deed are marked, letter by letter, so that the same patterns suit every deed."""

import re
from collections.abc import Callable, Iterator
from functools import cache

from switchboard.line.deeds import Deed

_DONE, _STATE, _DOING, _DO, _EITHER, _THING, _THINGS = map(chr, range(0xE000, 0xE007))
"""`_EITHER`: done or to be done, as "put" is."""


def _word(signs: str) -> str:
    return rf"(?<![{signs}])[{signs}]++"


DONE, STATE, DOING, DO = _word(_DONE + _EITHER), _word(_STATE), _word(_DOING), _word(_DO + _EITHER)
THING, ANY_THING = _word(_THING), _word(_THING + _THINGS)
"""One, and one or several."""
LETTERS = rf"\w{_THING}{_THINGS}"
"""Of a word that may stand before a thing, and be one itself."""


def marked(sentence: str, deed: Deed) -> str:
    """The sentence, in small letters, with the words of `deed` marked; every other letter stands where it stood."""
    for pattern, sign in _signs(deed):
        sentence = pattern.sub(sign, sentence)
    return sentence


@cache
def _signs(deed: Deed) -> tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...]:
    return tuple((re.compile(pattern), sign) for pattern, sign in _written(deed))


def _written(deed: Deed) -> Iterator[tuple[str, Callable[[re.Match[str]], str]]]:
    either = tuple(form for form in deed.do if form in deed.done)
    kinds = ((_EITHER, either), (_DONE, deed.done), (_DOING, deed.doing), (_DO, deed.do), (_STATE, deed.state))
    for sign, forms in kinds:
        for form in sorted(forms, key=len, reverse=True):
            head, _, tail = form.partition(" _ ")
            ahead = rf"(?=(?: [\w'-]+){{0,6}}? (?:{tail})\b)" if tail else ""
            yield rf"\b(?:{head})\b{ahead}", _sign(sign)
    yield rf"\b(?:{deed.to})\b", lambda found: (_THINGS if found[0].endswith("s") else _THING) * len(found[0])


def _sign(sign: str) -> Callable[[re.Match[str]], str]:
    return lambda found: sign * len(found[0])
