"""Erasing somebody's words: in the ledger, in recordings, and in what the business keeps. How calls went is kept."""

import asyncio
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Protocol

import structlog
from sqlalchemy import Select, delete, select
from sqlalchemy.ext.asyncio import AsyncSession

from switchboard.call.again import Mark
from switchboard.call.source import UNKNOWN
from switchboard.database import Database
from switchboard.ledger.erasure import take_words
from switchboard.ledger.tables import CallRow, EventRow, RecordingRow, StandingRow
from switchboard.pseudonyms import Pseudonyms
from switchboard.recording.recordings import Recordings, StorageError

log = structlog.get_logger(__name__)

ERASING_SECONDS = 30.0


@dataclass(frozen=True)
class Whom:
    """Whose words: of one call, of all calls from a number, or of all in which an account was proved."""

    call: str | None = None
    caller: str | None = None
    """A number as the network writes it: "+447700900123"."""
    account: str | None = None
    """The business's own id of a customer."""


class Business(Protocol):
    """What the business keeps of callers beside the ledger, in the same database."""

    async def calls(self, session: AsyncSession, whom: Whom) -> set[str]:
        """The origins of calls in which they had something written down."""

    async def erase(self, session: AsyncSession, whom: Whom, origins: Collection[str]) -> Mapping[str, int]:
        """Remove what is theirs, or was written down in calls of those origins; so much of what ("callbacks")."""


class NoBusiness:
    """A house without one: what callers said stands in the ledger alone."""

    def __init__(self, pseudonyms: Pseudonyms) -> None:
        """Every business is made with those of the database."""

    async def calls(self, *_: object) -> set[str]:
        """None."""
        return set()

    async def erase(self, *_: object) -> Mapping[str, int]:
        """Nothing."""
        return {}


@dataclass
class Erased:
    """What was done."""

    calls: tuple[str, ...]
    events: int = 0
    recordings: int = 0
    recordings_left: int = 0
    """The storage did not remove them now. They stay due, and are tried again when a call ends after its time."""
    kept_by_business: Mapping[str, int] = field(default_factory=dict)
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
    """Erases in `database` and in `recordings`, which is None where there are none."""

    def __init__(self, database: Database, recordings: Recordings | None, business: Business) -> None:
        self._database = database
        self._recordings = recordings
        self._business = business

    async def find(self, whom: Whom) -> list[CallRow]:
        """Their calls, with all that went on from one another, in order."""
        async with self._database.read() as session:
            names = await self._business.calls(session, whom)
            names |= {row.origin or row.id for row in await session.scalars(self._named(whom))}
            one_of_them = CallRow.id.in_(names) | CallRow.origin.in_(names)
            return list(await session.scalars(select(CallRow).where(one_of_them).order_by(CallRow.started_at)))

    async def erase(self, whom: Whom) -> Erased:
        """Erase all of it. Of a call that still runs nothing is kept from now on."""
        calls = await self.find(whom)
        done = Erased(tuple(call.id for call in calls))
        for call in calls:
            async with self._database.write() as session:
                done.events += await take_words(session, call.id)
                if call.ended_at:
                    await session.execute(delete(StandingRow).where(StandingRow.origin == call.origin))
        async with self._database.write() as session:
            origins = {call.origin or call.id for call in calls} | {call.id for call in calls}
            done.kept_by_business = await self._business.erase(session, whom, origins)
        await self._erase_recordings(done)
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
            select(EventRow.seq).where(EventRow.call_id == CallRow.id, EventRow.kind == "remembered", proved).exists()
        )

    async def _erase_recordings(self, done: Erased) -> None:
        async with self._database.read() as session:
            due = list(await session.scalars(select(RecordingRow.call_id).where(RecordingRow.call_id.in_(done.calls))))
        for call_id in due:
            if await self._erase_recording(call_id):
                done.recordings += 1
            else:
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
