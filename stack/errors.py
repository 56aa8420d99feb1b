"""What can go wrong on a machine, told in one line that a person can act on."""

from collections.abc import Iterator
from contextlib import contextmanager


class LocalError(Exception):
    """A part of the local stack cannot be had or has failed; its text is one line for people."""


@contextmanager
def explained(what: str) -> Iterator[None]:
    """Turn what the system refuses inside the block into a `LocalError`: `what` failed, which file, and why."""
    try:
        yield
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        raise LocalError(f"{what} failed: {error.strerror or type(error).__name__}{where}.") from error
