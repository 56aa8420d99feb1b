"""Idempotency keys: a tool called again in the same call with the same words asks for the same thing."""

import hashlib
from typing import Any

from switchboard.call.call import Call
from switchboard.call.origins import origin_of


def key(call: Call[Any], tool: str, *arguments: object) -> str:
    """The key of one request of one call; case, spaces and punctuation of the arguments make no difference."""
    said = "\n".join(" ".join(_words(str(argument))) for argument in arguments)
    # Hashed, since what a caller says has no place in an index.
    return f"{origin_of(call)}:{tool}:{hashlib.sha256(said.encode()).hexdigest()[:16]}"


def _words(text: str) -> list[str]:
    return "".join(c if c.isalnum() else " " for c in text.casefold()).split()
