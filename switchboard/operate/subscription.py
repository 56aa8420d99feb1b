"""What somebody who watches is told, in order, until they are too slow."""

import asyncio
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any, Self

from switchboard.operate.sight import Sight

MOST_WAITING = 500


@dataclass(frozen=True)
class Message:
    """One thing to tell; `number` is its place, from which one can go on."""

    kind: str
    data: str
    """JSON."""
    number: int | None = None

    @classmethod
    def of(cls, kind: str, data: Any, number: int | None = None) -> Self:
        return cls(kind, json.dumps(data, ensure_ascii=False), number)


class Subscription:
    """Iterate over it, or take one message after the other. It ends when it is closed."""

    def __init__(self, sight: Sight, most: int = MOST_WAITING) -> None:
        self.sight = sight
        self.closed = False
        self._most = most
        self._waiting: deque[Message] = deque()
        self._more = asyncio.Event()

    def tell(self, message: Message) -> None:
        """Whoever reads more slowly than there is to tell is let go, and has to begin anew."""
        if len(self._waiting) >= self._most:
            self.close(at_once=True)
        if not self.closed:
            self._waiting.append(message)
            self._more.set()

    def close(self, *, at_once: bool = False) -> None:
        """Tell nothing more after what waits, or not even that."""
        self.closed = True
        if at_once:
            self._waiting.clear()
        self._more.set()

    async def next(self, seconds: float | None = None) -> Message | None:
        """The next message; None: it is over. Raises `TimeoutError`: for so long there was none."""
        async with asyncio.timeout(seconds):
            while not self._waiting and not self.closed:
                self._more.clear()
                await self._more.wait()
        return self._waiting.popleft() if self._waiting else None

    async def __aiter__(self) -> AsyncIterator[Message]:
        while message := await self.next():
            yield message
