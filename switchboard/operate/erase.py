"""Erasing somebody's words: in the ledger, in recordings, and in what the business keeps. How calls went is kept."""

import asyncio
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import structlog
from sqlalchemy import Select, delete, select

from switchboard.call.again import Mark
from switchboard.call.source import UNKNOWN
from switchboard.database import Database
from switchboard.ledger.erasure import take_words
from switchboard.ledger.tables import CallRow, EventRow, RecordingRow, StandingRow
from switchboard.line.business import Belongings, Whom
from switchboard.line.businesses import businesses_of
from switchboard.line.workflow import Workflow
from switchboard.recording.recordings import Recordings, StorageError
from switchboard.tapes.shelf import Shelf

log = structlog.get_logger(__name__)

ERASING_SECONDS = 30.0


@dataclass
class Erased:
    """What was done."""

    calls: tuple[str, ...]
    events: int = 0
    recordings: int = 0
    recordings_left: int = 0
    """The storage, or the disk, did not remove them now: they are tried again when a call ends after its time."""
    kept_by_business: Counter[str] = field(default_factory=Counter)
    in_files: bool = False
    """What was removed is gone from the database's files as well."""

    @property
    def whole(self) -> bool:
        """Nothing is left to do."""
        return self.in_files and not self.recordings_left

    def __str__(self) -> str:
        rest = "".join(f", {count} {what}" for what, count in self.kept_by_business.items())
        return f"{len(self.calls)} calls: {self.events} events, {self.recordings} recordings{rest}"


class Eraser:
    """Erases in `database`, with the businesses of the `lines`, in `recordings` and on `shelf`.

    The last two are None where there are none. What is on the shelf of another machine goes when a call ends there.
    """

    def __init__(
        self,
        database: Database,
        recordings: Recordings | None,
        lines: Iterable[Workflow],
        shelf: Shelf | None = None,
    ) -> None:
        self._database = database
        self._recordings = recordings
        self._shelf = shelf
        self._lines = tuple(lines)
        self._belongings = {
            business.name: business.belongings(database.pseudonyms)
            for business in businesses_of(self._lines)
            if business.belongings
        }

    async def find(self, whom: Whom) -> list[CallRow]:
        """Their calls, with all that went on from one another, in order."""
        async with self._database.read() as session:
            names = {name for each in self._asked(whom) for name in await each.calls(session, whom)}
            names |= {row.origin or row.id for row in await session.scalars(self._named(whom))}
            one_of_them = CallRow.id.in_(names) | CallRow.origin.in_(names)
            return list(await session.scalars(select(CallRow).where(one_of_them).order_by(CallRow.started_at)))

    async def erase(self, whom: Whom) -> Erased:
        """Erase all of it. Of a call that still runs nothing is kept from now on."""
        calls = await self.find(whom)
        done = Erased(tuple(call.id for call in calls))
        for call in calls:
            async with self._database.write() as session:
                done.events += await session.run_sync(take_words, call.id)
                if call.ended_at:
                    await session.execute(delete(StandingRow).where(StandingRow.origin == call.origin))
        async with self._database.write() as session:
            origins = {call.origin or call.id for call in calls} | {call.id for call in calls}
            for belongings in self._asked(whom):
                done.kept_by_business.update(await belongings.erase(session, whom, origins))
        await self._erase_recordings(done)
        if self._shelf:
            await self._erase_tapes(done, self._shelf)
        done.in_files = await self._database.purge()
        log.info("calls were erased", calls=len(calls), recordings=done.recordings, left=done.recordings_left)
        return done

    def _named(self, whom: Whom) -> Select[CallRow]:
        if whom.call is not None:
            return select(CallRow).where(CallRow.id == whom.call)
        if whom.caller is not None:
            mark = Mark.of(self._database.pseudonyms, UNKNOWN, whom.caller)
            return select(CallRow).where(CallRow.caller == (mark.value if mark else None))
        proved = EventRow.body["verified"]["account"].as_string() == whom.account
        return select(CallRow).where(
            CallRow.line.not_in(self._lines_of_others(whom)),
            select(EventRow.seq).where(EventRow.call_id == CallRow.id, EventRow.kind == "remembered", proved).exists(),
        )

    def _asked(self, whom: Whom) -> Iterator[Belongings]:
        """Of whom something may be kept: an account is one business's own, and its id means another one elsewhere."""
        for name, belongings in self._belongings.items():
            if whom.account is None or whom.business in (None, name):
                yield belongings

    def _lines_of_others(self, whom: Whom) -> list[str]:
        if whom.business is None:
            return []
        return [line.name for line in self._lines if line.business is None or line.business.name != whom.business]

    async def _erase_recordings(self, done: Erased) -> None:
        async with self._database.read() as session:
            due = list(await session.scalars(select(RecordingRow.call_id).where(RecordingRow.call_id.in_(done.calls))))
        for call_id in due:
            if await self._erase_recording(call_id):
                done.recordings += 1
            else:
                done.recordings_left += 1

    async def _erase_tapes(self, done: Erased, shelf: Shelf) -> None:
        for call_id in done.calls:
            try:
                await asyncio.to_thread(shelf.erase, call_id)
            except OSError as error:
                log.warning("tapes were not erased", call=call_id, error=type(error).__name__)
                done.recordings_left += 1

    async def _erase_recording(self, call_id: str) -> bool:
        if self._recordings is None:
            return False
        try:
            async with asyncio.timeout(ERASING_SECONDS):
                await self._recordings.erase(call_id)
        except (StorageError, TimeoutError) as error:
            log.warning("a recording was not erased", call=call_id, error=type(error).__name__)
            return False
        async with self._database.write() as session:
            await session.execute(delete(RecordingRow).where(RecordingRow.call_id == call_id))
        return True
