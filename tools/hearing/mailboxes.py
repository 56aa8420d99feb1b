"""What stands before the "at" of an e-mail address: "my email is amelia dot hart"."""

from collections.abc import Sequence
from itertools import groupby, takewhile

from switchboard.redaction.talk import TALK as NO_NAME
from tools.hearing.numerals import is_numeral
from tools.hearing.signs import GLUED, JOINTS, PAUSE, is_word
from tools.hearing.spelling import is_spelled, joined
from tools.hearing.words import DENIALS, Meaning, word_at

TALK = DENIALS | NO_NAME
IS = frozenset({"is", "its", "thats"})
WORDS_TOGETHER = 3
"""That many at most are taken for one name: "amelia jane hart at"."""


def mailbox(words: Sequence[str], begin: int, at: int) -> Meaning | None:
    """How many words before `at` are the name of an address, and the name; None without one that is certain."""
    said = list(takewhile(_in_name, reversed(words[begin:at])))[::-1]
    talk = _talk(said)
    name, glued = said[talk:], words[at] == GLUED
    initial = word_at(words, at - len(said) - 1) == PAUSE and len(word_at(words, at - len(said) - 2)) == 1
    # "Reach me at", "a. hart at": who knows whether that is a name, and whether that is all of it?
    told = not talk or said[talk - 1] in IS or said[talk - 1].endswith("'s")
    if not name or initial or (_is_talk(name[0]) and not told and not glued):
        return None
    if not talk and name[0] in JOINTS:
        name[0] = JOINTS[name[0]]  # "dot" that begins is somebody's name
    text = _together(name, glued=glued)
    return (len(name), text) if text else None


def _in_name(word: str) -> bool:
    return is_word(word) or word in JOINTS


def _talk(said: Sequence[str]) -> int:
    """How many words stand before a name. One that a joint follows is part of the name, whichever word it is."""
    for at in range(len(said) - 2, -1, -1):
        if is_word(said[at]) and is_word(said[at + 1]) and _is_talk(said[at]):
            return at + 1
    return 0


def _is_talk(word: str) -> bool:
    return word.replace("'", "") in TALK or word.removesuffix("'s") in TALK


def _together(name: Sequence[str], *, glued: bool) -> str | None:
    """A name in one; None where its words may not belong together: where some have joints, all should."""
    groups = [(joint, list(words)) for joint, words in groupby(name, JOINTS.__contains__)]
    most = 1 if glued or len(groups) > 1 else WORDS_TOGETHER
    if any(len(_names(words)) > most for joint, words in groups if not joint):
        return None
    return "".join("".join(words) if joint else joined(words) for joint, words in groups)


def _names(words: Sequence[str]) -> list[str]:
    return [] if is_spelled(words) else [word for word in words if len(word) > 1 and not is_numeral(word)]
