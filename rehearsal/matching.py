"""Whether a value is what a scenario says of it."""

import re


def matches(pattern: re.Pattern[str] | None, value: object) -> bool:
    """As a whole, written out; None: there is nothing."""
    if pattern is None or value is None:
        return pattern is value
    return pattern.fullmatch(str(value)) is not None
