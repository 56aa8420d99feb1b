"""What a recording never holds: keys, tokens, and the headers that carry them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from aiohttp import web

MASKED = "[left out]"
SHORTEST = 8
"""Whatever is shorter would be a word, and no key."""
FIELDS = frozenset({"authorization", "headers", "client_secret", "api_key", "api-key", "access_token"})
"""An MCP tool brings the first two, a session may tell the third."""
CARRIES = re.compile(r"(?i)key|token|auth|secret|cookie")
"""Headers, and parts of a query, that bring a secret."""
SUBPROTOCOL = "openai-insecure-api-key."
KEY = re.compile(
    r"(?<![\w-])(?:(?:sk|ek)[-_][\w-]{16,}|eyJ[\w-]{8,}\.[\w-]+\.[\w-]*)"
    r"|(?i:\bbearer\s{1,5}[\w.~+/=-]{16,})"
)
IN_ADDRESS = re.compile(r"(?i)(https?://|wss?://)([^\s/@\"'?#]+@)?([^\s\"'?#]+)(\?[^\s\"'#]+)?")


class Mask:
    """Knows the secrets that one client brought, and what keys look like."""

    def __init__(self, secrets: Iterable[str]) -> None:
        # Backwards, a key comes before one that is its beginning.
        known = sorted({secret for secret in secrets if len(secret) >= SHORTEST}, reverse=True)
        self._known = re.compile("|".join(map(re.escape, known))) if known else None

    @classmethod
    def of(cls, request: web.Request) -> Mask:
        """For what `request` brings in its headers, its query and its subprotocols."""
        return cls(_secrets(request))

    def text(self, text: str) -> str:
        """The text without them."""
        if self._known is not None:
            text = self._known.sub(MASKED, text)
        return IN_ADDRESS.sub(_address, KEY.sub(MASKED, text))

    def value(self, value: Any) -> Any:
        """The same for JSON."""
        if isinstance(value, str):
            return self.text(value)
        if isinstance(value, list):
            return [self.value(inner) for inner in value]
        if isinstance(value, Mapping):
            return {self.text(key): self._field(key, inner) for key, inner in value.items()}
        return value

    def _field(self, key: str, value: Any) -> Any:
        if key.lower() not in FIELDS or value is None:
            return self.value(value)
        return dict.fromkeys(value, MASKED) if isinstance(value, Mapping) else MASKED


def _address(found: re.Match[str]) -> str:
    """An address without a password and without its query, where keys and signatures stand."""
    query = f"?{MASKED}" if found[4] else ""
    return f"{found[1]}{found[3]}{query}"


def _secrets(request: web.Request) -> Iterator[str]:
    for name, value in (*request.headers.items(), *request.query.items()):
        if CARRIES.search(name):
            yield value.rpartition(" ")[2]
    for protocol in request.headers.get("Sec-WebSocket-Protocol", "").split(","):
        if protocol.strip().startswith(SUBPROTOCOL):
            yield protocol.strip().removeprefix(SUBPROTOCOL)
