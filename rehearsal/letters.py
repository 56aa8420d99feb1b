"""What the business sends to a caller outside of the call: each call gets its own."""

from contextvars import ContextVar

_RECEIVED: ContextVar[list[str]] = ContextVar("received")


class Letters:
    """A `Post` that brings each code to the caller whose call asked for it."""

    def send(self, email: str, code: str) -> None:  # noqa: ARG002 - there is one caller in a call
        """The code is there at once."""
        _RECEIVED.get().append(code)


def mailbox() -> list[str]:
    """A new one for this call, and for whatever it starts: the codes that are sent in it."""
    received: list[str] = []
    _RECEIVED.set(received)
    return received
