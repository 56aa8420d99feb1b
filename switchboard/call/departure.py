"""The caller leaves the agent at hand: put through to another agent, transferred to a person or a number. Once."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager

from livekit.agents import llm

from switchboard.line.sentences import ONE_AT_A_TIME


class Departure:
    """Where the caller is on the way to, if anywhere: whoever moves a caller asks here first.

    A model may ask for several moves in one answer. The first that is not refused is made; what comes after it in the
    same answer, and a goodbye in any place of it, is not, and nobody says anything about it.
    """

    def __init__(self) -> None:
        self.target: str | None = None
        """Whom the caller is on the way to."""
        self.accompanied = False
        """Whoever moves them sees to what they hear on the way."""
        self.over = asyncio.Event()
        """Nobody is on the way."""
        self.over.set()

    @property
    def to_agent(self) -> bool:
        """Whether they are on the way to another agent, who will speak at once."""
        return self.target is not None and not self.accompanied

    def begin(self, target: str, accompanied: bool = False) -> None:
        """The caller is on the way, until `end`."""
        self.target, self.accompanied = target, accompanied
        self.over.clear()

    def end(self) -> None:
        """Somebody has the caller again."""
        self.target, self.accompanied = None, False
        self.over.set()

    @contextmanager
    def to(self, target: str) -> Iterator[None]:
        """The caller is on the way, and accompanied, for as long as the block takes."""
        self.begin(target, accompanied=True)
        try:
            yield
        finally:
            self.end()

    def refusal(self) -> llm.ToolResult | None:
        """What a tool returns that would move the caller while they are on the way already; None if they are not."""
        return llm.ToolResult(ONE_AT_A_TIME.format(target=self.target), reply_required=False) if self.target else None
