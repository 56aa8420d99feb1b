"""Which recordings there are: known before one is stored, so that none outlives its call."""

import asyncio
from collections.abc import Mapping
from datetime import datetime

import structlog
from sqlalchemy import delete, insert, select

from switchboard.database import Database
from switchboard.ledger.erasure import is_erased
from switchboard.ledger.tables import RecordingRow
from switchboard.recording.recordings import Recordings, StorageError

log = structlog.get_logger(__name__)

ERASING_SECONDS = 5.0


async def keep(
    database: Database, recordings: Recordings, call_id: str, began: datetime, files: Mapping[str, bytes]
) -> bool:
    """Store the files of a call; False: it was erased, and has none.

    One that the database does not know of is not stored: nobody would remove it.
    """
    async with database.write() as session:
        if await session.run_sync(is_erased, call_id):
            return False
        await session.execute(insert(RecordingRow).values(call_id=call_id, began_at=began))
    await recordings.store(call_id, files)
    async with database.read() as session:
        if await session.get(RecordingRow, call_id):
            return True
    await recordings.erase(call_id)
    return False


async def forget_recordings(database: Database, recordings: Recordings, before: datetime) -> int:
    """Remove those that began before that time; how many. Those that the storage does not remove now stay due."""
    async with database.read() as session:
        due = list(await session.scalars(select(RecordingRow.call_id).where(RecordingRow.began_at < before)))
    gone = 0
    for call_id in due:
        try:
            async with asyncio.timeout(ERASING_SECONDS):
                await recordings.erase(call_id)
        except (StorageError, TimeoutError) as error:
            log.warning("old recordings were not removed", left=len(due) - gone, error=type(error).__name__)
            break
        async with database.write() as session:
            await session.execute(delete(RecordingRow).where(RecordingRow.call_id == call_id))
        gone += 1
    return gone
