"""A connection that was lost, and what it owes until the next one is there."""

import asyncio
import time

from livekit.agents import llm

Replies = dict[str, asyncio.Future[llm.GenerationCreatedEvent]]


class LostConnection:
    """It may be lost again before the next one is there: what is owed adds up."""

    def __init__(self) -> None:
        self._since: float | None = None
        self._replies: Replies = {}

    def note(self, replies: Replies) -> bool:
        """It is lost now, or was before, and `replies` were asked for. Whether that is new."""
        new = self._since is None
        self._since = self._since if self._since is not None else time.monotonic()
        self._replies.update(replies)
        replies.clear()
        return new

    @property
    def away(self) -> bool:
        """Whether there is no connection now."""
        return self._since is not None

    @property
    def replies(self) -> Replies:
        """Those that somebody still waits for."""
        return {key: reply for key, reply in self._replies.items() if not reply.done()}

    def replaced(self) -> tuple[float | None, Replies]:
        """The next connection is there: for how long there was none, in seconds, and the replies owed."""
        seconds = None if self._since is None else time.monotonic() - self._since
        owed = seconds, self.replies
        self._since, self._replies = None, {}
        return owed
