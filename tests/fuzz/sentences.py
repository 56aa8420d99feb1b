"""Sentences out of a fuzzer's bytes: words that a grammar may know, numbers, marks, and whatever else."""

SPELLED = """
    zero one two three four five six seven eight nine ten eleven twelve thirteen twenty thirty forty hundred thousand
    double triple oh and first second third last half quarter past to 0 1 2 3 4 5 6 7 8 9
"""
MARKS = (*" .,;:!?-'\"()@/#*+_%&|\\<>[]{}=", "\n", "\t", "\0", "\x1b", "\u2019", "\u2013", "\u200b", "\u202e", "\ufeff")
ODD = ("\N{ARABIC-INDIC DIGIT ONE}", "\N{SUPERSCRIPT TWO}", "\N{AMPHORA}", "\ud83d", "\u0130", "\u00df", "9" * 30)
ANYTHING = 255
"""After this byte the next two are a character."""


def sentence(data: bytes, words: str) -> str:
    """The words and marks that the bytes stand for; `words` are those of the grammar, with spaces between them."""
    known = (*words.split(), *SPELLED.split(), *MARKS, *ODD)
    pieces, rest = [], iter(data)
    for byte in rest:
        if byte == ANYTHING:
            pieces.append(chr(next(rest, 0) * 256 + next(rest, 0)))
        else:
            wide = byte + (next(rest, 0) if len(known) > ANYTHING else 0)
            pieces.append(known[wide % len(known)])
            if pieces[-1] not in MARKS and byte % 2:
                pieces.append(" ")
    return "".join(pieces)
