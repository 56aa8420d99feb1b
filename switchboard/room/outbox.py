"""What the caller's page is sent over LiveKit's data channel: in order, and nothing before it can arrive.

LiveKit's server drops what is sent to a participant whose data channel is not open, or keeps it for 2 s at most
(`SendDataMessage` in `pkg/rtc/participant.go`, 1.13). A participant is active once it is open.
"""

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable

import structlog
from livekit import rtc

log = structlog.get_logger(__name__)

DOUBTFUL_SECONDS = 30.0
"""So long what went out may not have arrived: LiveKit's server lists a page that is gone for some 20 s."""
PAUSES = (0.1, 0.4, 1.0)
"""Between tries at something that could not be sent although the connection is up."""
CLOSING_SECONDS = 2.0

Send = Callable[[int], Awaitable[object]]
"""Sends something; called with the number of the visit, which rises whenever the page is there anew."""


class Outbox:
    """Holds what is put into it until the caller can take it: `reached` and `lost` tell. In order, and none lost.

    What had gone out to a page shortly before it was lost goes out again when it is back: it may not have arrived.
    """

    def __init__(self, room: rtc.Room) -> None:
        self._waiting: deque[Send] = deque()
        self._sent: deque[tuple[float, Send]] = deque()
        self._something = asyncio.Event()
        """There is something to do: to send, or to stop."""
        self._closing = False
        self._there = False
        self._connected = True
        self._open = asyncio.Event()
        self._visit = 0
        self._failures = 0
        room.on("reconnecting", lambda: self._set(connected=False))
        room.on("reconnected", lambda: self._set(connected=True))

    def put(self, send: Send) -> None:
        """Send it when its turn has come and the caller can take it."""
        self._waiting.append(send)
        self._something.set()

    def reached(self) -> None:
        """The caller's data channel is open."""
        if not self._there:
            self._visit += 1
            self._failures = 0
            self._waiting.extendleft(send for _, send in reversed(self._sent))
            self._sent.clear()
            if self._waiting:
                self._something.set()
        self._set(there=True)

    def lost(self) -> None:
        """The caller is gone, or their connection is."""
        self._forget_arrived()
        self._set(there=False)

    async def deliver(self) -> None:
        """Send what comes, until the outbox is closed."""
        while True:
            await self._something.wait()
            if not self._waiting:
                return
            await self._open.wait()
            await self._send(self._waiting[0])
            if not self._waiting and not self._closing:
                self._something.clear()

    async def aclose(self, delivering: asyncio.Task[None]) -> None:
        """Send what is left to a caller who is there, and stop."""
        self._closing = True
        self._something.set()
        if self._open.is_set():
            await asyncio.wait([delivering], timeout=CLOSING_SECONDS)
        delivering.cancel()

    def _set(self, *, there: bool | None = None, connected: bool | None = None) -> None:
        self._there = self._there if there is None else there
        self._connected = self._connected if connected is None else connected
        if self._there and self._connected:
            self._open.set()
        else:
            self._open.clear()

    async def _send(self, send: Send) -> None:
        """Try it once; it stays the first that waits if it failed, or if a page came meanwhile that has not got it."""
        visit = self._visit
        try:
            await send(visit)
        except Exception as error:  # noqa: BLE001 - LiveKit raises plain ones; a page that misses news harms no call
            if self._failures < len(PAUSES):
                await asyncio.sleep(PAUSES[self._failures])
                self._failures += 1
                return
            log.warning("the page was not told", error=type(error).__name__)
        if visit == self._visit:
            self._failures = 0
            self._sent.append((time.monotonic(), self._waiting.popleft()))
            self._forget_arrived()

    def _forget_arrived(self) -> None:
        while self._sent and time.monotonic() - self._sent[0][0] > DOUBTFUL_SECONDS:
            self._sent.popleft()
