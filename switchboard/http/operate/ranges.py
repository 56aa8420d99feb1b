"""A part of a file, as a player asks for it (RFC 9110, section 14)."""

import re

BYTES = re.compile(r"bytes=(\d{1,15})-(\d{0,15})")
"""One part, from its first byte on. Of several parts, or of the last bytes, the whole is given: that is allowed."""


def wanted_part(header: str | None) -> tuple[int, int | None] | None:
    """The first byte, and the one after the last if that is told; None: all of it."""
    found = BYTES.fullmatch((header or "").strip())
    if found is None:
        return None
    begin, last = int(found[1]), int(found[2]) if found[2] else None
    if last is not None and last < begin:
        return None
    return begin, None if last is None else last + 1
