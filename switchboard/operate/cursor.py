"""Where a page of calls ends and the next one begins, whatever calls come and go meanwhile."""

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Self


@dataclass(frozen=True)
class Cursor:
    """Behind the call that began then and has this id; the list is sorted by both, downwards."""

    started_at: datetime
    call: str

    def __str__(self) -> str:
        """As an address can hold it."""
        written = json.dumps([self.started_at.astimezone(UTC).isoformat(), self.call])
        return base64.urlsafe_b64encode(written.encode()).decode().rstrip("=")

    @classmethod
    def read(cls, written: Any) -> Self:
        """The cursor that `str` wrote. Raises ValueError for anything else."""
        if isinstance(written, cls):
            return written
        try:
            padded = written + "=" * (-len(written) % 4)
            started_at, call = json.loads(base64.b64decode(padded, altchars=b"-_", validate=True))
            moment = datetime.fromisoformat(started_at).astimezone(UTC)
        except (ValueError, TypeError, AttributeError, OverflowError, RecursionError, binascii.Error):
            raise ValueError("the `next` of the page before") from None
        if not isinstance(call, str):
            raise ValueError("the `next` of the page before")
        return cls(moment, call)
