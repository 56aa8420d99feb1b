"""Who has looked at what, for whoever has to answer for it."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

from app.data import database_of, prepare_database
from app.process import settings, tell, tell_json
from switchboard.operate.audit import Entry, entries
from switchboard.settings.schema import Settings


def run(call: str | None, who: str | None, most: int, as_json: bool) -> None:
    """Tell the newest entries, the newest first."""
    chosen = settings()
    prepare_database(chosen)
    for entry in asyncio.run(_read(chosen, call, who, most)):
        if as_json:
            tell_json(_json(entry))
        else:
            tell(_line(entry))


async def _read(chosen: Settings, call: str | None, who: str | None, most: int) -> Sequence[Entry]:
    async with aclosing(database_of(chosen)) as database:
        return await entries(database, most, call, who)


def _line(entry: Entry) -> str:
    filtered = ", ".join(f"{name}={value}" for name, value in entry.wanted.items())
    about = entry.call or filtered
    return f"{entry.at:%Y-%m-%d %H:%M:%S}  {entry.viewer.name} ({entry.viewer.role})  {entry.what}  {about}".rstrip()


def _json(entry: Entry) -> dict[str, object]:
    viewer = entry.viewer
    who = {"subject": viewer.subject, "name": viewer.name, "role": viewer.role}
    return {"at": entry.at.isoformat(), **who, "what": entry.what, "call": entry.call, "wanted": dict(entry.wanted)}
