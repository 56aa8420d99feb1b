"""What the caller's page is sent over LiveKit's data channel: in order, and nothing before it can arrive.

LiveKit's server drops what is sent to a participant whose data channel is not open, or keeps it for 2 s at most
(`SendDataMessage` in `pkg/rtc/participant.go`, 1.13). A participant is active once it is open.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from livekit import rtc

log = structlog.get_logger(__name__)

PAUSES = (0.1, 0.4, 1.0)
"""Between tries at something that could not be sent although the connection is up."""
CLOSING_SECONDS = 2.0

Send = Callable[[int], Awaitable[object]]
"""Sends something; called with the number of the visit, which rises whenever the page is there anew."""


class Outbox:
    """Holds what is put into it until the caller can take it: `reached` and `lost` tell. In order, and none lost."""

    def __init__(self, room: rtc.Room) -> None:
        self._queue: asyncio.Queue[Send | None] = asyncio.Queue()
        self._there = False
        self._connected = True
        self._open = asyncio.Event()
        self._visit = 0
        room.on("reconnecting", lambda: self._set(connected=False))
        room.on("reconnected", lambda: self._set(connected=True))

    def put(self, send: Send) -> None:
        """Send it when its turn has come and the caller can take it."""
        self._queue.put_nowait(send)

    def reached(self) -> None:
        """The caller's data channel is open."""
        if not self._there:
            self._visit += 1
        self._set(there=True)

    def lost(self) -> None:
        """The caller is gone, or their connection is."""
        self._set(there=False)

    async def deliver(self) -> None:
        """Send what comes, until the outbox is closed."""
        while (send := await self._queue.get()) is not None:
            await self._send(send)

    async def aclose(self, delivering: asyncio.Task[None]) -> None:
        """Send what is left to a caller who is there, and stop."""
        self._queue.put_nowait(None)
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
        """Until it went out in one visit: a page that came meanwhile has not got it."""
        failures = 0
        while True:
            await self._open.wait()
            visit = self._visit
            try:
                await send(visit)
            except Exception as error:  # noqa: BLE001 - LiveKit raises plain ones; a page that misses news harms no call
                if failures == len(PAUSES):
                    log.warning("the page was not told", error=type(error).__name__)
                    return
                await asyncio.sleep(PAUSES[failures])
                failures += 1
                continue
            if visit == self._visit:
                return
