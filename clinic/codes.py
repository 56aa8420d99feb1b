"""Code words: a patient types theirs on the keypad, so a word is the keys that it is written with."""

import hashlib
import hmac
import re

KEYS = str.maketrans("abcdefghijklmnopqrstuvwxyz", "22233344455566677778889999")
COST = {"n": 1024, "r": 8, "p": 1}
"""A few milliseconds. A word of few keys is guarded by the count of tries, not by its hash."""


def keys_of(said: str) -> str:
    """ "Rose", "7673" and "(typed) 7 6 7 3" are the same keys: digits, or else the keys of letters."""
    digits = re.sub(r"[^0-9]", "", said)
    return digits or re.sub(r"[^0-9]", "", said.lower().translate(KEYS))


def hashed(keys: str, salt: str) -> str:
    """What is kept of them."""
    return hashlib.scrypt(keys.encode(), salt=salt.encode(), dklen=32, **COST).hex()


def fits(keys: str, salt: str, kept: str) -> bool:
    """Whether these are the keys."""
    return hmac.compare_digest(hashed(keys, salt), kept)
