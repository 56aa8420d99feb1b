"""The live feed for operators' pages, as server-sent events. Each that is opened is written down."""

from contextlib import AbstractAsyncContextManager, AsyncExitStack

from fastapi import Request

from switchboard.http.operate.access import operator_of
from switchboard.http.operate.event_stream import EventStream
from switchboard.http.operate.history import sight_of, viewer_of
from switchboard.http.operate.refusals import CallUnknown
from switchboard.http.reaching import reaching_database
from switchboard.operate.audit import Audit
from switchboard.operate.feed import Feed
from switchboard.operate.subscription import Subscription

LARGEST = 2**31 - 1


class Live:
    """What is told while it happens."""

    def __init__(self, feed: Feed, audit: Audit) -> None:
        self._feed = feed
        self._audit = audit

    async def all(self, request: Request) -> EventStream:
        """What happens now: `now` is all of it; then `tile`, `workers` and `today`, each when it has changed.

        Where there is nothing to tell for five seconds, it is a `beat`.
        """
        with reaching_database():
            await self._audit.note(viewer_of(request), "watched")
            return await _stream(request, self._feed.all(sight_of(request)))

    async def one(self, call_id: str, request: Request) -> EventStream:
        """A call's events as they happen; `story`: it has to be read again; `ended`: nothing comes any more.

        It begins behind the event of the number `after`, or behind the last one that a browser had (`Last-Event-ID`).
        There is a `beat` here as well.
        """
        with reaching_database():
            await self._audit.note(viewer_of(request), "looked", call_id)
            if not await self._feed.knows(call_id):
                raise CallUnknown
            return await _stream(request, self._feed.one(call_id, _after(request), sight_of(request)))


async def _stream(request: Request, watched: AbstractAsyncContextManager[Subscription]) -> EventStream:
    async with AsyncExitStack() as stack:
        subscription = await stack.enter_async_context(watched)
        return EventStream(subscription, stack.pop_all(), operator_of(request).until)


def _after(request: Request) -> int:
    """What cannot be a number is none: then all is told."""
    told = request.headers.get("last-event-id") or request.query_params.get("after") or ""
    return min(int(told), LARGEST) if told.isascii() and told.isdecimal() and len(told) < 11 else -1
