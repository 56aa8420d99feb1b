"""E-mail addresses, as they are said: "amelia dot hart at example dot com".

An address grows from its "at": to the right as far as dots join its words, to the left as far as its words are no talk.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.hearing.hosts import host
from tools.hearing.mailboxes import mailbox
from tools.hearing.signs import AT, GLUED, is_sign, is_word, words_of
from tools.hearing.words import Meaning, corrected, denied, only, word_at

ADDRESS = re.compile(r"[\w&'%+-]+(?:\.[\w&'%+-]+)*@(?:[^\W_]+(?:-+[^\W_]+)*\.)+[^\W\d_]{2,}")
LONGEST = 254


@dataclass(frozen=True)
class Found:
    """Words that lead to an "at" and a host, and the address that they are; None where they are not certain."""

    start: int
    end: int
    text: str | None


def email(text: str) -> str | None:
    """The address that was said, in small letters; None without one, and where several could be meant."""
    words = words_of(text)
    found = list(_addresses(words))
    if _is_more(words, found) or any(corrected(words, one.end, is_sign) for one in found):
        return None
    return only(one.text for one in found if not denied(words, one.start))


def _addresses(words: Sequence[str]) -> Iterator[Found]:
    begin = 0
    for at, (used, name) in sorted(_hosts(words).items()):
        end = at + 1 + used
        before = mailbox(words, begin, at)
        text = f"{before[1]}@{name}" if before else ""
        whole = len(text) <= LONGEST and ADDRESS.fullmatch(text) is not None
        yield Found(at - before[0] if before else at, end, text if whole else None)
        begin = end


def _hosts(words: Sequence[str]) -> dict[int, Meaning]:
    """The hosts that are named, by their "at". "Reach me at amelia dot hart at example dot com" names one."""
    found: dict[int, Meaning] = {}
    for at in reversed(range(len(words))):
        if words[at] in (AT, GLUED) and (named := host(words, at + 1)) and at + 1 + named[0] not in found:
            found[at] = named
    return found


def _is_more(words: Sequence[str], found: Sequence[Found]) -> bool:
    """Whether more is said of an address than what was found: "amelia dot hart, h a r t, at example dot com"."""
    taken = {at for one in found for at in range(one.start, one.end)}
    dots = (at for at, word in enumerate(words) if word == "." and at not in taken)
    return any(is_word(word_at(words, at - 1)) and is_word(word_at(words, at + 1)) for at in dots)
