"""The ledger of one call: events are stamped at once, shown to listeners at once, and stored beside the call."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import UTC, datetime
from functools import partial
from typing import Any, Self, TypeVar

import structlog
from sqlalchemy import insert, select, update
from sqlalchemy.exc import IntegrityError, InterfaceError, InternalError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from sqlalchemy.orm import Session

from switchboard.database import Database
from switchboard.ledger.digest import Digesting
from switchboard.ledger.erasure import is_erased, take_words, wordless
from switchboard.ledger.events import Answered, Ended, Event, Happening
from switchboard.ledger.mask import Mask
from switchboard.ledger.notices import announce
from switchboard.ledger.tables import CallRow, EventRow
from switchboard.ledger.timeline import events_of
from switchboard.redaction.redactor import NOTHING, Redactor

log = structlog.get_logger(__name__)

GATHER_SECONDS = 0.05
"""Events that come together are stored together, and after what they are about: a handoff does not wait for SQL."""
RETRY_SECONDS = 0.5
CLOSING_SECONDS = 5.0

WORDS = ("text", "arguments", "result")
"""The parts of events in which somebody's words stand; what is remembered is a part of its own kind."""
AWAY = (OperationalError, InterfaceError, InternalError, ProgrammingError, PoolTimeoutError, OSError)
"""What is wrong with the database, and not with an event: it is down, busy, or has no tables yet."""

Listener = Callable[[Event], None]
Lag = Callable[[float], None]
Written = TypeVar("Written", bound=Happening)


class Ledger:
    """What happened in one call. `write` never waits; a task of its own brings the events to the database.

    Each of `listeners` is called with every event, in order. It must not wait and must not raise.

    A database that does not answer delays nothing but the storing: events are kept and tried again, and what
    could not be stored `CLOSING_SECONDS` after the call has ended is counted in the log. An event that the database
    will never take is lost alone.

    `caller` is a pseudonym by which the caller is known again, or None until they have answered. `digesting` makes what
    is stored with the end, beside the event loop. `worker` is who holds the call.

    `lag` hears with each try how old the oldest event is that is to be stored, in seconds.

    `redactor` takes out of what is stored what it tells of somebody.

    What `mask` has learned is in no event from then on, and soon in none of those that were written before.
    """

    def __init__(
        self,
        database: Database,
        call_id: str,
        line: str,
        origin: str | None = None,
        listeners: tuple[Listener, ...] = (),
        caller: str | None = None,
        digesting: Digesting | None = None,
        lag: Lag = lambda _seconds: None,
        worker: str | None = None,
        redactor: Redactor = NOTHING,
    ) -> None:
        self.call_id = call_id
        self.line = line
        self.mask = Mask()
        self._origin = origin
        self.caller = caller
        self._digesting = digesting
        self._worker = worker
        self._redactor = redactor
        self._database = database
        self._began = time.monotonic()
        self._seq = 0
        self._listeners = listeners
        self._lag = lag
        self._queue: asyncio.Queue[Event] = asyncio.Queue()
        self._pending = 0
        self._opened = False
        self._erased = False
        """Nothing that is said in this call is kept any more."""
        self._masked = 0
        """So many secrets were known when all that is stored was masked."""
        self._writer: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        self._writer = asyncio.create_task(self._store(), name=f"ledger {self.call_id}")
        return self

    async def __aexit__(self, *_: object) -> None:
        with suppress(TimeoutError):
            await asyncio.wait_for(self.saved(), CLOSING_SECONDS)
        if self._writer:
            self._writer.cancel()
        if self._pending:
            log.error("call events lost: the database did not take them", call=self.call_id, events=self._pending)

    @property
    def now(self) -> float:
        """Seconds since the call began."""
        return time.monotonic() - self._began

    def write(self, event: Written) -> Written:
        """Stamp `event` with its place and time, tell the listeners, queue it for the database; returns it stamped."""
        self._seq += 1
        stamp = {"seq": self._seq, "at": self.now, "wall": datetime.now(UTC)}
        event = event.model_copy(update=stamp | self._without_secrets(dict(event)))
        self._pending += 1
        self._queue.put_nowait(event)  # type: ignore[arg-type]  # every Happening is one of Event's members
        for listener in self._listeners:
            listener(event)  # type: ignore[arg-type]  # the same
        return event

    def kept(self, value: Any) -> Any:
        """A value as it comes out of JSON, as it may be kept of this call, by what is known to be a secret now."""
        return self._redactor.json(self.mask.json(value))

    def _without_secrets(self, parts: Mapping[str, Any]) -> dict[str, Any]:
        """Those parts of an event that hold words, as they may be kept."""
        words = {name: self.mask.json(parts[name]) for name in WORDS if name in parts}
        return words | ({"state": self.mask.fields(parts["state"])} if "state" in parts else {})

    async def saved(self) -> None:
        """Wait until all that was written so far is in the database."""
        await self._queue.join()

    async def _store(self) -> None:
        while True:
            events = [await self._queue.get()]
            await asyncio.sleep(GATHER_SECONDS)
            while not self._queue.empty():
                events.append(self._queue.get_nowait())
            await self._save_together(events)

    async def _save_together(self, events: list[Event]) -> None:
        """Store them, once the database is there; those that it will never take are lost, alone and with a word."""
        told = False
        while True:
            try:
                known = self.mask.known
                await self._save(events)
                self._opened, self._masked = True, known
                self._lag(self.now - events[0].at)
                return self._done(events)
            except AWAY as error:
                self._lag(self.now - events[0].at)
                if not told:
                    log.warning("the ledger waits for the database", call=self.call_id, error=type(error).__name__)
                told = True
                await asyncio.sleep(RETRY_SECONDS)
            except Exception as error:  # noqa: BLE001 - whatever is wrong with an event, the others are stored
                return await self._save_alone(events, error)

    async def _save_alone(self, events: list[Event], error: Exception) -> None:
        if isinstance(error, IntegrityError):  # what broke off was the answer: they are there
            self._opened = True
        if len(events) > 1:
            for event in events:
                await self._save_together([event])
            return
        if not isinstance(error, IntegrityError):
            name = type(error).__name__
            log.error("a call event is lost: it cannot be stored", call=self.call_id, kind=events[0].kind, error=name)
        self._done(events)

    def _done(self, events: list[Event]) -> None:
        self._pending -= len(events)
        for _ in events:
            self._queue.task_done()

    async def _save(self, events: list[Event]) -> None:
        rows = [self._row(event) for event in (wordless(events) if self._erased else events)]
        await self._database.commit(partial(self._bring, events=events, rows=rows))

    def _bring(self, session: Session, events: list[Event], rows: list[dict[str, object]]) -> None:
        """Beside the event loop: it leaves alone what changes there."""
        self._insert(session, events, rows)
        if self._masked != self.mask.known:
            self._mask_again(session)
        for event in events:
            if isinstance(event, Ended):  # when all is masked: what was said goes into an index with the end
                self._end(session, event)

    def _insert(self, session: Session, events: list[Event], rows: list[dict[str, object]]) -> None:
        caller = self.caller if any(isinstance(event, Answered) for event in events) else None
        if not self._opened:
            started = events[0].wall
            row = {"id": self.call_id, "line": self.line, "started_at": started, "origin": self._origin}
            session.execute(insert(CallRow).values(row | {"worker": self._worker, "caller": caller}))
        announce(session, self.call_id)
        if rows:
            session.execute(insert(EventRow), rows)
        if self._erased or not self._opened:  # nobody erases a call that is not there yet
            return
        if is_erased(session, self.call_id):
            take_words(session, self.call_id)
            self._erased = True
        elif caller:
            session.execute(update(CallRow).where(CallRow.id == self.call_id).values(caller=caller))

    def _mask_again(self, session: Session) -> None:
        """A secret may have been said before it was known to be one."""
        for row in session.scalars(select(EventRow).where(EventRow.call_id == self.call_id)):
            row.body = row.body | self._without_secrets(row.body)
        changed = update(CallRow).where(CallRow.id == self.call_id)
        session.execute(changed.values(revision=CallRow.revision + 1))
        session.flush()

    def _end(self, session: Session, event: Ended) -> None:
        ended = update(CallRow).where(CallRow.id == self.call_id)
        session.execute(ended.values(ended_at=event.wall, ended_reason=event.reason))
        self._sum_up(session)

    def _sum_up(self, session: Session) -> None:
        """A call of which there is no digest has ended all the same."""
        if self._digesting is None:
            return
        try:
            with session.begin_nested():
                self._digesting(events_of(session, self.call_id)).store(session, self.call_id)
        except Exception as error:  # noqa: BLE001 - whatever is wrong with it, the events are stored
            log.error("a call has no digest", call=self.call_id, error=type(error).__name__)

    def _row(self, event: Event) -> dict[str, object]:
        body = event.model_dump(mode="json", exclude={"seq", "at", "wall", "kind"})
        row = {"call_id": self.call_id, "seq": event.seq, "kind": event.kind, "at": event.at, "wall": event.wall}
        return {**row, "body": self._redacted(body | self._without_secrets(body))}

    def _redacted(self, body: dict[str, Any]) -> dict[str, Any]:
        """As it is kept. Listeners are told all: whoever has the call now works with what the caller has said."""
        words = {name: self._redactor.json(body[name]) for name in (*WORDS, "message") if name in body}
        return body | words | ({"state": self._redactor.fields(body["state"])} if "state" in body else {})
