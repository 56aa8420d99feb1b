"""Pseudonyms: what has to be told apart from others, but must not be read, is kept as a keyed hash of it."""

import hashlib
import hmac

PURPOSE = "switchboard.pseudonyms.v1"


class Pseudonyms:
    """Keyed hashes under a key that is derived from `secret`: nobody without it can try numbers or names out."""

    def __init__(self, secret: str) -> None:
        self._key = hmac.digest(secret.encode(), PURPOSE.encode(), "sha256")

    def of(self, kind: str, value: object) -> str:
        """The pseudonym of a value; the same value of another kind has another one."""
        return hmac.new(self._key, f"{kind}\n{value}".encode(), hashlib.sha256).hexdigest()[:40]
