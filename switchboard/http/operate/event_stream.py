"""Server-sent events: a subscription as a browser's EventSource reads it, until it is over or the time is."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import UTC, datetime

from starlette.responses import StreamingResponse
from starlette.types import Send

from switchboard.operate.subscription import Message, Subscription

BEAT_SECONDS = 5.0
"""After so long without an event there is one that says nothing: a page that hears less than that is cut off."""
SEND_SECONDS = 30.0
"""Whoever takes nothing for so long is let go."""
BEAT = Message.of("beat", {})
AGAIN = b"retry: 1000\n\n"
"""Milliseconds after which a browser comes back that was let go."""


class EventStream(StreamingResponse):
    """`held` is what the subscription hangs on; it is let go of with the answer. `until`: when the session ends."""

    def __init__(self, subscription: Subscription, held: AsyncExitStack, until: datetime) -> None:
        super().__init__(
            _frames(subscription, until), media_type="text/event-stream", headers={"X-Accel-Buffering": "no"}
        )
        self._held = held

    async def stream_response(self, send: Send) -> None:
        """As Starlette does, but for readers who do not read."""
        async with self._held:
            start = {"type": "http.response.start", "status": self.status_code, "headers": self.raw_headers}
            await send(start)
            async for chunk in self.body_iterator:
                async with asyncio.timeout(SEND_SECONDS):
                    await send({"type": "http.response.body", "body": chunk, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _frames(subscription: Subscription, until: datetime) -> AsyncIterator[bytes]:
    yield AGAIN
    while (left := (until - datetime.now(UTC)).total_seconds()) > 0:
        try:
            message = await subscription.next(min(BEAT_SECONDS, left))
        except TimeoutError:
            yield frame(BEAT)
            continue
        if message is None:
            return
        yield frame(message)


def frame(message: Message) -> bytes:
    """A message as it is sent; JSON has no line breaks of its own."""
    number = "" if message.number is None else f"id: {message.number}\n"
    return f"event: {message.kind}\n{number}data: {message.data}\n\n".encode()
