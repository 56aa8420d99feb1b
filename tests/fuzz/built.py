"""JSON out of a fuzzer's bytes: an object with fields of known names, and whatever inside them."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

DEEPEST = 5
MOST = 4


def built(data: bytes, names: Collection[str], words: Sequence[str]) -> dict[str, Any]:
    """The object that the bytes stand for; texts are made of `words`."""
    rest = iter(data)
    known = sorted(names)
    return {known[byte % len(known)]: _value(rest, known, words, DEEPEST) for byte in rest}


def _value(rest: Iterator[int], names: Sequence[str], words: Sequence[str], deep: int) -> Any:
    byte = next(rest, 0)
    match byte % 8 if deep else byte % 5:
        case 0:
            return None
        case 1 | 2:
            return words[next(rest, 0) % len(words)].strip('":')
        case 3:
            return byte
        case 4:
            return bool(byte & 8)
        case 5:
            return [_value(rest, names, words, deep - 1) for _ in range(byte // 8 % MOST)]
        case _:
            fields = [names[next(rest, 0) % len(names)] for _ in range(byte // 8 % MOST)]
            return {name: _value(rest, names, words, deep - 1) for name in fields}
