"""One call of the ledger, for whoever names it: as text, as JSON or as an HTML file. Each look is written down."""

import sys
from contextlib import aclosing
from pathlib import Path
from typing import NoReturn

from app.call_report import call_text
from app.costs import prices_of
from app.data import database_of
from app.lines import LINES
from app.looks import note
from app.process import fail, tell, tell_json, writing
from switchboard.files import write_new
from switchboard.operate.audit import Look
from switchboard.operate.filter import LOST
from switchboard.operate.sheet import export_html
from switchboard.operate.sight import Sight
from switchboard.operate.story import CallStory, story
from switchboard.recording.recordings import Recordings
from switchboard.settings.schema import Settings

SIGHT = Sight.ALL
"""Whoever has the database has all that is in it."""


async def as_text(chosen: Settings, call: str) -> None:
    """Its timeline, what went wrong, what it cost, and why it has no end, if it has none."""
    found = await story_of(chosen, call, "looked")
    tell(call_text(found.events, found.prices))
    if found.call.ended_at is None:
        tell(f"\nIt {_unended(found)}.")


async def as_json(chosen: Settings, call: str) -> None:
    """All of it, as one document."""
    tell_json((await story_of(chosen, call)).json(SIGHT), indent=1)


async def as_html(chosen: Settings, call: str, file: Path) -> None:
    """All of it, as a page in a file that is not there yet, for this user only."""
    found = await story_of(chosen, call)
    write_page(file, export_html(found, SIGHT, LINES.get(found.call.line)))
    so_far = "" if found.call.ended_at else f" so far: it {_unended(found)}"
    tell(f"{file} has the call{so_far}.")


def write_page(file: Path, text: str) -> None:
    """Write what `--html` asks for into a file that is not there yet, for this user only. Exits with 2 if it cannot."""
    with writing("--html", file):
        try:
            write_new(file, text)
        except FileExistsError:
            fail(f"--html: {file} is there already; it is left as it is. Name another file, or remove it first.")


async def story_of(chosen: Settings, call: str, look: Look = "exported") -> CallStory:
    """All of it. Exits with 2 if there is no such call."""
    prices = prices_of(chosen)
    watched = {name: line.watched for name, line in LINES.items()}
    async with aclosing(database_of(chosen)) as database:
        await note(database, chosen, look, call)
        found = await story(database, call, prices, watched, Recordings.of(chosen.recordings))
    return found or _unknown(call)


def _unended(found: CallStory) -> str:
    """Why it has no end."""
    return "is lost: neither its worker nor the call is heard of" if found.call.outcome == LOST else "still runs"


def _unknown(call: str) -> NoReturn:
    fail(f"The ledger has no call {call!r}. List them: {sys.argv[0]} calls")
