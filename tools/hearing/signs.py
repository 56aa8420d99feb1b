"""The words of an e-mail address among others: its signs as signs, and the stops between what was said."""

import re
from collections.abc import Iterator

from tools.hearing.words import HESITATIONS, plain, word_at

AT = "at"
GLUED = "@"
"""An at sign written behind its name: then the words before that name are no part of it."""
STOP = ";"
PAUSE = ","
JOINTS = {".": "dot", "-": "dash", "_": "underscore", "+": "plus"}
SIGNS = {
    **{name: sign for sign, name in JOINTS.items()},
    **dict.fromkeys(("point", "period"), "."),
    **dict.fromkeys(("hyphen", "minus"), "-"),
    "@": AT,
}
PHRASES = (
    (r"[(\[] ?(at|@|dot) ?[)\]]", r" \1 "),
    (r"(?:\bat|@)[ -](?:sign|symbol)\b", " at "),
    (r"\bdot ?com\b", "dot com"),
    (r"(?:(?<=\b[a-z\d])-(?=[a-z\d]-)|(?<=-[a-z\d])-(?=[a-z\d]\b))(?![\w.-]*@)", " "),
    (r"\be[ -]mail\b", "email"),
    (r"\bfull stop\b", "dot"),
    (r"\bunder score\b", "underscore"),
    (r"\b(?:all |as |in )*one word\b|\bno spaces\b|\b(?:all |in )*(?:lower|small) ?(?:case|letters)\b|\bmailto:", " "),
    (r"\b([a-z]) (?:for|as in|like) \1[a-z]{2,}\b", r"\1"),
    (r"\bdouble[ -](?:u|you)\b", "w"),
    (r"[<>()\[\]{}\":;!?]", f" {STOP} "),
)


def words_of(text: str) -> list[str]:
    """Words, joints, at signs and stops, in the order in which they were said."""
    text = plain(text)
    for said, meant in PHRASES:
        text = re.sub(said, meant, text)
    words = [word for written in text.split() for word in _split(written) if word not in HESITATIONS]
    words = [word for at, word in enumerate(words) if (word, word_at(words, at - 1)) != (PAUSE, PAUSE)]
    return [word for at, word in enumerate(words) if word != PAUSE or not _is_breath(words, at)]


def is_word(word: str) -> bool:
    """Whether it is a word of its own, and no sign between words."""
    return word not in ("", AT, GLUED, STOP, PAUSE) and word not in JOINTS


def is_sign(word: str) -> bool:
    """Whether it is a part of nothing but an address: an at sign, a joint, or a word with a dot in it."""
    return word in (AT, GLUED) or word in JOINTS or "." in word


def _split(written: str) -> Iterator[str]:
    core = written.strip("'").rstrip(".,").strip("'") or written
    name, sign, host = core.partition("@")
    if name and sign:
        yield from filter(None, (name, GLUED, host))
    elif host:
        yield from (AT, host)
    else:
        yield SIGNS.get(core, core)
    if written.rstrip("'").endswith((",", ".")) and core != written:
        yield PAUSE


def _is_breath(words: list[str], at: int) -> bool:
    """A pause within an address is none: "a, m, y, dot hart, at example, dot com"."""
    before, after = word_at(words, at - 1), word_at(words, at + 1)
    return len(before) == len(after) == 1 or not {before, after}.isdisjoint((AT, *JOINTS))
