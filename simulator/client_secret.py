"""Secrets for browsers: for a while, each opens sessions as the server wants them that asked for it."""

from __future__ import annotations

import secrets
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PREFIX = "ek_"
MOST = 10_000


@dataclass(frozen=True)
class ClientSecret:
    """What one secret opens."""

    model: str
    session: Mapping[str, Any]
    """As a `session.update` has it."""
    until: float
    """On the monotonic clock."""
    preview: bool
    """It is of the preview, whose sessions alone it opens."""


class ClientSecrets:
    """Those of one simulator; the oldest are forgotten when there are too many."""

    def __init__(self) -> None:
        self._known: dict[str, ClientSecret] = {}

    def issue(self, model: str, session: Mapping[str, Any], seconds: float, preview: bool = False) -> str:
        """A new one."""
        value = PREFIX + secrets.token_hex(16)
        self._known[value] = ClientSecret(model, session, time.monotonic() + seconds, preview)
        if len(self._known) > MOST:
            del self._known[next(iter(self._known))]
        return value

    def find(self, value: str) -> ClientSecret | None:
        """What it opens; None when it never did, or does no more."""
        known = self._known.get(value)
        return known if known is not None and time.monotonic() < known.until else None
