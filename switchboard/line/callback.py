"""A callback that is taken without a model: the caller presses a key, or types their number."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

Book = Callable[[Any, str], Awaitable[None]]
"""Has the caller of that call (`switchboard.call.call.Call`) called back at the number that they have typed; "": at the
one that they call from. Raises a `ToolError` if that cannot be, and what the database raises."""


@dataclass(frozen=True)
class Callback:
    """Offered to a caller whom nobody serves. `book` is the business's own."""

    book: Book
