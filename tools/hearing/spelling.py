"""Words that make up one name in an address: "h a r t", "amelia forty two", "alpha mike yankee"."""

from collections.abc import Sequence

from switchboard.redaction.letters import LETTERS
from tools.hearing.letters import letter
from tools.hearing.numerals import REPEATS, digit, is_numeral, small
from tools.hearing.words import Meaning, word_at


def is_spelled(words: Sequence[str]) -> bool:
    """ "Alpha mike yankee" is spelled; "oscar" and "victor hart" are names."""
    return len(words) > 2 and all(letter(word) or is_numeral(word) for word in words)


def joined(words: Sequence[str]) -> str:
    """Words in one, with numbers in digits, and letters in place of the words that spell them."""
    symbols = [LETTERS.get(word, word) for word in words] if is_spelled(words) else words
    text, at = "", 0
    while at < len(symbols):
        used, piece = _piece(symbols, at)
        text, at = text + piece, at + used
    return text


def _piece(words: Sequence[str], at: int) -> Meaning:
    word, after = words[at], word_at(words, at + 1)
    if word in REPEATS and (repeated := digit(after) or letter(after)):
        return 2, repeated * REPEATS[word]
    if word != "o":
        return next(small(words, at), (1, word))
    return 1, word
