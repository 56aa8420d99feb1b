"""E-mail addresses, typed ("a.hart@example.com") or said ("a dot hart at example dot com", "h a r t at gmail").

One that is said grows from its "at": to the right as far as dots join words, to the left as far as words are no talk.
"""

import re
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass

from switchboard.redaction.talk import TALK

TYPED = re.compile(r"[\w.&'%+-]*[\w&%+-] ?@ ?[\w-]+(?:\.[\w-]+)+")
TOKEN = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)*|[@._+-]")
ASIDE = re.compile(
    r"\b(?:all |as |in )*one word\b|\bno spaces\b|\b(?:all |in )*(?:lower|small) ?(?:case|letters)\b", re.IGNORECASE
)
AT, DOT = frozenset(("at", "@")), frozenset(("dot", "point", "period", "."))
JOINTS = DOT | frozenset(("dash", "hyphen", "minus", "underscore", "plus", "_", "-", "+"))
PROVIDERS = frozenset(
    re.findall(
        r"\w+",
        "aol btinternet fastmail gmail gmx googlemail hotmail icloud live msn outlook proton protonmail sky yahoo",
    )
)
"""Whose host is said without its end, too."""
ENDS = frozenset(
    re.findall(
        r"\w+",
        """
        com org net edu gov uk co ac ie de fr nl es it eu us ca au in io me info biz dev shop app online example
        """,
    )
)
NOT_WRITTEN_TO = frozenset(
    re.findall(
        r"\w+",
        """
        ah er erm uh um
        arrive arrives buy bought check delivered find found go he look looked looking meet online order ordered out
        page saw see she shop shopped shopping site stay staying store there they theyre us visit we were website who
        work works
        """,
    )
)
"""Before "at" they tell of a place: "I ordered at example dot com"."""
ENDS_SENTENCE = re.compile(r"[?!:;]|\. ")
MOST_WORDS = 4
"""Words of a host before its first dot."""
MOST_NAMES = 3
"""Words that are no letters: "amelia jane hart at"."""


@dataclass(frozen=True)
class Token:
    start: int
    end: int
    word: str


def emails(text: str) -> Iterator[tuple[int, int]]:
    """Where e-mail addresses stand."""
    yield from (found.span() for found in TYPED.finditer(text))
    text = ASIDE.sub(lambda found: " " * len(found[0]), text)
    tokens = [Token(*found.span(), found[0].casefold().replace("\u2019", "'")) for found in TOKEN.finditer(text)]
    for at, token in enumerate(tokens):
        if token.word == "at":
            first, last = _name(tokens, at, text), _host(tokens, at + 1)
            if first is not None and last is not None:
                yield tokens[first].start, tokens[last].end


def _host(tokens: Sequence[Token], at: int) -> int | None:
    """The place of its last word; None: no host is named."""
    at += _is(tokens, at, ("sign", "symbol"))
    provider = at if _is(tokens, at, PROVIDERS) else None
    last, words = None, 0
    for place in range(at, len(tokens)):
        if tokens[place].word in DOT:
            end = _end(tokens, place + 1) if words else None
            last = last if end is None else end
        elif last is None:
            words += tokens[place].word not in JOINTS and not _is_spelled(tokens, place)
        if words > MOST_WORDS or (last is not None and place > last):
            break
    return provider if last is None else last


def _is_spelled(tokens: Sequence[Token], place: int) -> bool:
    """A letter with another one before it."""
    return len(tokens[place].word) == 1 and len(tokens[place - 1].word) == 1


def _end(tokens: Sequence[Token], at: int) -> int | None:
    """Where a host may end: "com", "co uk", "c o m"."""
    if _is(tokens, at, ENDS):
        return at + (_is(tokens, at, ("co", "ac", "org", "gov")) and _is(tokens, at + 1, ("uk",)))
    spelled = "".join(token.word for token in tokens[at : at + 3])
    return at + 2 if spelled in ENDS else at + 1 if spelled[:2] in ENDS and len(tokens[at].word) == 1 else None


def _name(tokens: Sequence[Token], at: int, text: str) -> int | None:
    """The place of its first word; None: nothing stands there that could be a name."""
    first, names = None, 0
    for place in range(at - 1, -1, -1):
        word = tokens[place].word
        if word in JOINTS:
            continue
        joined = place + 1 < at and tokens[place + 1].word in JOINTS
        joins = place > 0 and tokens[place - 1].word in JOINTS
        if ENDS_SENTENCE.search(text[tokens[place].end : tokens[place + 1].start + 1]) or not (
            joined or joins or _may_be_name(word)
        ):
            break
        names += len(word) > 1 and not joined and not word.isdecimal()
        if names > MOST_NAMES:
            break
        first = place
    return first


def _may_be_name(word: str) -> bool:
    plain = word.replace("'", "")
    return not (plain in TALK or plain in NOT_WRITTEN_TO or word in AT or word.removesuffix("'s") in TALK)


def _is(tokens: Sequence[Token], at: int, words: Collection[str]) -> bool:
    return at < len(tokens) and tokens[at].word in words
