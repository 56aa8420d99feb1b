"""E-mail addresses, as they are said: "amelia dot hart at example dot com".

An address grows from its "at": to the right as far as dots join its words, to the left as far as its words are no talk.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from tools.hearing.hosts import host
from tools.hearing.mailboxes import mailbox
from tools.hearing.signs import AT, GLUED, words_of
from tools.hearing.words import DENIALS, only, word_at

ADDRESS = re.compile(r"[\w&'%+-]+(?:\.[\w&'%+-]+)*@(?:[^\W_]+(?:-+[^\W_]+)*\.)+[^\W\d_]{2,}")
LONGEST = 254


@dataclass(frozen=True)
class Found:
    """An address that could be meant, and which words it takes."""

    start: int
    end: int
    text: str


def email(text: str) -> str | None:
    """The address that was said, in small letters; None without one, and where several could be meant."""
    words = words_of(text)
    found = list(_addresses(words))
    # "Reach me at amelia at example dot com": the first "at" is none of an address.
    begins = [one.start for one in found]
    return only(one.text for one in found if not any(one.start < begin < one.end for begin in begins))


def _addresses(words: Sequence[str]) -> Iterator[Found]:
    for at, word in enumerate(words):
        if word not in (AT, GLUED) or not (before := mailbox(words, at)) or not (behind := host(words, at + 1)):
            continue
        start, text = at - before[0], f"{before[1]}@{behind[1]}"
        if len(text) <= LONGEST and ADDRESS.fullmatch(text) and word_at(words, start - 1) not in DENIALS:
            yield Found(start, at + 1 + behind[0], text)
