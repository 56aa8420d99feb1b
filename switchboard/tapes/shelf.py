"""Where tapes are kept: a folder of this machine, in which each call has one of its own."""

import asyncio
import re
import shutil
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Self

from sqlalchemy import select

from switchboard.database import Database
from switchboard.files import private_folder, write_new
from switchboard.ledger.erasure import FIRST
from switchboard.ledger.tables import CallRow, EventRow
from switchboard.settings.schema import Tapes as TapeSettings

CALL = re.compile(r"call_[0-9a-f]{12}")
"""Whatever else lies in the folder is somebody's."""


class Shelf:
    """The tapes of all calls whose worker stands here. Its methods wait for the disk: call them in a thread.

    All raise `OSError`.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @classmethod
    def of(cls, settings: TapeSettings) -> Self | None:
        """None: nothing is kept."""
        return cls(settings.folder) if settings.folder else None

    def store(self, call_id: str, files: Mapping[str, str]) -> None:
        """Keep the files of a call, by their names: all, or none."""
        place = self._folder / call_id
        private_folder(place)
        try:
            for name, text in files.items():
                write_new(place / name, text)
        except OSError:
            shutil.rmtree(place, ignore_errors=True)
            raise

    def erase(self, call_id: str) -> bool:
        """Remove those of a call; False: there are none."""
        try:
            shutil.rmtree(self._folder / call_id)
        except FileNotFoundError:
            return False
        return True

    def calls(self) -> dict[str, datetime]:
        """The calls of which there are tapes, and when those were stored."""
        try:
            theirs = [each for each in self._folder.iterdir() if CALL.fullmatch(each.name) and each.is_dir()]
            return {each.name: datetime.fromtimestamp(each.stat().st_mtime, UTC) for each in theirs}
        except FileNotFoundError:
            return {}


async def forget_tapes(database: Database, shelf: Shelf, before: datetime) -> int:
    """Remove those of calls that began before that time, or were erased; how many. Raises `OSError`."""
    stored = await asyncio.to_thread(shelf.calls)
    async with database.read() as session:
        theirs = CallRow.id.in_(stored)
        erased = select(EventRow.seq).where(EventRow.call_id == CallRow.id, EventRow.seq == FIRST).exists()
        kept = set(await session.scalars(select(CallRow.id).where(theirs, CallRow.started_at >= before, ~erased)))
        known = set(await session.scalars(select(CallRow.id).where(theirs)))
    # a call that the database has never heard of may be one that it still waits for
    due = [call for call, at in stored.items() if call not in kept and (call in known or at < before)]
    for call_id in due:
        await asyncio.to_thread(shelf.erase, call_id)
    return len(due)
