"""What stands behind the "at" of an e-mail address: "example dot co dot uk"."""

from collections.abc import Sequence
from itertools import takewhile

from tools.hearing.signs import JOINTS, is_word
from tools.hearing.spelling import joined
from tools.hearing.words import Meaning, word_at

MOST_WORDS = 4
BEFORE_UK = frozenset({"ac", "co", "gov", "org"})


def host(words: Sequence[str], at: int) -> Meaning | None:
    """How many words from `at` on are a host's name, and the name; None without a whole one."""
    used, text = _first(words, at)
    while word_at(words, at + used) == "." and is_word(word_at(words, at + used + 1)):
        more, label = _label(words, at + used + 1)
        used, text = used + 1 + more, f"{text}.{label}"
    # With a dash behind it, or another sign, it was not all; a dot behind it ends a sentence.
    is_all = word_at(words, at + used) not in JOINTS.keys() - {"."}
    return (used, text) if "." in text and is_all else None


def _first(words: Sequence[str], at: int) -> Meaning:
    found = list(takewhile(lambda word: is_word(word) or word == "-", words[at : at + MOST_WORDS]))
    if found and "." in found[0]:
        return 1, found[0]
    return len(found), joined(found) if len(found) > 1 else "".join(found)


def _label(words: Sequence[str], at: int) -> Meaning:
    if words[at] in BEFORE_UK and word_at(words, at + 1) == "uk":
        return 2, f"{words[at]}.uk"  # the second dot is often left out
    spelled = list(takewhile(lambda word: len(word) == 1 and is_word(word), words[at:]))
    return (len(spelled), "".join(spelled)) if spelled else (1, words[at])
