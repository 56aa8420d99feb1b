"""What happens now, for all who watch: one reader of the ledger, however many they are."""

import asyncio
from collections.abc import AsyncIterator, Iterable, Sequence
from contextlib import asynccontextmanager
from typing import Any

import structlog
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger.events import Ended, Event
from switchboard.ledger.ledger import AWAY
from switchboard.ledger.prices import Prices
from switchboard.ledger.tables import CallRow
from switchboard.line.workflow import Workflow
from switchboard.operate.board import Board, Change
from switchboard.operate.changes import watch
from switchboard.operate.choices import line_map
from switchboard.operate.running import Running
from switchboard.operate.sight import Sight
from switchboard.operate.subscription import MOST_WAITING, Message, Subscription
from switchboard.operate.telling import told

log = structlog.get_logger(__name__)

PULSE_SECONDS = 5.0
"""How often workers and the day's sums are read."""
AGAIN_SECONDS = 1.0
"""After the database has been away."""
STORY = Message.of("story", {})


class Feed:
    """Reads while somebody watches, and not otherwise. `lines` are those of the calls, `prices` what these cost."""

    def __init__(self, database: Database, lines: Sequence[Workflow], prices: Prices) -> None:
        self._database = database
        self._prices = prices
        self._lines = [line_map(line) for line in lines]
        self._board = Board(database, {line.name: line.watched for line in lines})
        self._all: set[Subscription] = set()
        self._single: dict[str, set[Subscription]] = {}
        self._reading = asyncio.Lock()
        self._something = asyncio.Event()
        self._which: set[str] | None = set()
        """The calls that have changed; None: any may have."""
        self._there = 0
        """Who watches, and who is about to."""
        self._work: asyncio.Task[None] | None = None
        self._closed = False

    @asynccontextmanager
    async def all(self, sight: Sight) -> AsyncIterator[Subscription]:
        """All calls, the workers and the day. Raises what a database that is away raises."""
        async with self._watched():
            subscription = self._subscription(sight)
            subscription.tell(self._now(sight))
            self._all.add(subscription)
            try:
                yield subscription
            finally:
                self._all.discard(subscription)

    @asynccontextmanager
    async def one(self, call_id: str, after: int, sight: Sight) -> AsyncIterator[Subscription]:
        """The events of one call behind that place, until nothing is to come of it any more."""
        async with self._watched(call_id):
            call = self._board.calls.get(call_id)
            missed = [event for event in call.events if event.seq > after] if call else []
            subscription = self._subscription(sight, MOST_WAITING + len(missed))
            self._tell_events(subscription, missed)
            if call is None:
                _bid(subscription)
            self._single.setdefault(call_id, set()).add(subscription)
            try:
                yield subscription
            finally:
                self._single[call_id].discard(subscription)
                if not self._single[call_id]:
                    del self._single[call_id]

    async def knows(self, call_id: str) -> bool:
        """Whether there is such a call, over or not."""
        return await self._database.look(_knows, call_id)

    @property
    def watchers(self) -> int:
        """How many watch."""
        return len(self._all) + sum(map(len, self._single.values()))

    async def aclose(self) -> None:
        """Let all go at once: they find another web app, or this one when it is back."""
        self._closed = True
        for subscription in (*self._all, *(each for some in self._single.values() for each in some)):
            subscription.close(at_once=True)
        await self._stop()

    def _subscription(self, sight: Sight, most: int = MOST_WAITING) -> Subscription:
        subscription = Subscription(sight, most)
        if self._closed:
            subscription.close(at_once=True)
        return subscription

    # -- reading -------------------------------------------------------------------------------------------------------

    @asynccontextmanager
    async def _watched(self, call_id: str | None = None) -> AsyncIterator[None]:
        """Whoever comes finds all that there is; with the first the reading begins, and with the last it ends.

        Of calls that have just ended that is only the one that is asked for.
        """
        self._there += 1
        try:
            await self._read(None)
            if call_id is not None and call_id not in self._board.calls:
                await self._read({call_id})
            if self._work is None:
                await self._beat()
            if self._work is None and not self._closed:
                self._work = asyncio.create_task(self._follow(), name="live feed")
            yield
        finally:
            self._there -= 1
            if not self._there:
                await self._stop()

    async def _stop(self) -> None:
        work, self._work = self._work, None
        if work:
            work.cancel()
            self._board.clear()
            await asyncio.wait([work])

    async def _follow(self) -> None:
        while True:
            try:
                async with asyncio.TaskGroup() as group:
                    group.create_task(watch(self._database, self._note))
                    group.create_task(self._read_on())
                    group.create_task(self._pulse())
            except* AWAY as errors:
                log.warning("the live feed waits for the database", error=type(errors.exceptions[0]).__name__)
            await asyncio.sleep(AGAIN_SECONDS)

    def _note(self, call_id: str | None) -> None:
        if call_id is None:
            self._which = None
        elif self._which is not None:
            self._which.add(call_id)
        self._something.set()

    async def _read_on(self) -> None:
        while True:
            await self._something.wait()
            self._something.clear()
            which, self._which = self._which, set()
            await self._read(which)

    async def _read(self, which: set[str] | None) -> None:
        async with self._reading:
            changes = await self._board.read_calls(which)
            for change in changes:
                self._tell(change)

    async def _pulse(self) -> None:
        while True:
            await asyncio.sleep(PULSE_SECONDS)
            await self._beat()

    async def _beat(self) -> None:
        before = self._board.today
        await self._board.read_today()
        async with self._reading:
            for call in await self._board.read_workers():
                self._tell_tile(call)
                for subscription in self._single.get(call.id, ()):
                    subscription.tell(STORY)
            self._tell_all("workers", [worker.json() for worker in self._board.workers])
            if self._board.today != before:
                self._tell_all("today", self._board.today)
            self._leave_out(self._board.forget())

    def _leave_out(self, calls: Sequence[Running]) -> None:
        for call in calls:
            for subscription in self._single.get(call.id, ()):
                _bid(subscription)
        if any(call.lost for call in calls):
            for subscription in self._all:
                subscription.tell(self._now(subscription.sight))

    # -- telling -------------------------------------------------------------------------------------------------------

    def _now(self, sight: Sight) -> Message:
        board = self._board
        calls = [call.tile(sight) for call in board.calls.values() if call.ended_at is None]
        workers = [worker.json() for worker in board.workers]
        return Message.of("now", {"calls": calls, "workers": workers, "today": board.today, "lines": self._lines})

    def _tell_all(self, kind: str, data: Any) -> None:
        message = Message.of(kind, data)
        for subscription in self._all:
            subscription.tell(message)

    def _tell_tile(self, call: Running) -> None:
        messages = {sight: Message.of("tile", call.tile(sight)) for sight in {each.sight for each in self._all}}
        for subscription in self._all:
            subscription.tell(messages[subscription.sight])

    def _tell(self, change: Change) -> None:
        self._tell_tile(change.call)
        for subscription in self._single.get(change.call.id, ()):
            if change.again:
                subscription.tell(STORY)
            else:
                self._tell_events(subscription, change.events)
            if change.settled:
                _bid(subscription)

    def _tell_events(self, subscription: Subscription, events: Iterable[Event]) -> None:
        """What a call came to is no event: when it has ended it has to be read."""
        for event in events:
            subscription.tell(Message.of("event", told(event, subscription.sight, self._prices), event.seq))
            if isinstance(event, Ended):
                subscription.tell(STORY)


def _knows(session: Session, call_id: str) -> bool:
    return session.get(CallRow, call_id) is not None


def _bid(subscription: Subscription) -> None:
    subscription.tell(Message.of("ended", {}))
    subscription.close()
