"""Erasing what callers said: asks, does it, and tells what it did."""

import asyncio
from collections.abc import Sequence
from contextlib import aclosing

import typer

from app.data import database_of, prepare_database
from app.lines import BUSINESSES, LINES
from app.looks import note
from app.process import LOG_FILE, fail, settings, start_logging, tell
from switchboard.database import Database
from switchboard.ledger.tables import CallRow
from switchboard.line.business import Whom
from switchboard.operate.erase import Erased, Eraser
from switchboard.recording.recordings import Recordings
from switchboard.settings.schema import Settings
from switchboard.tapes.shelf import Shelf
from tools import hearing


def run(call: str | None, caller: str | None, account: str | None, sure: bool) -> None:
    """Erase the calls of exactly one of them. Exits with 1 if something is left to do, with 2 if nothing was done."""
    if sum(each is not None for each in (call, caller, account)) != 1:
        fail("Whose words? Name one of --call, --caller, --account.")
    chosen = settings()
    start_logging(chosen, LOG_FILE)
    prepare_database(chosen)
    asyncio.run(_erase(chosen, call, caller, account, sure))


async def _erase(chosen: Settings, call: str | None, caller: str | None, account: str | None, sure: bool) -> None:
    async with aclosing(database_of(chosen)) as database:
        business, proved = await account_named(database, account) if account is not None else (None, None)
        whom = Whom(call, _number(caller), proved, business)
        recordings, shelf = Recordings.of(chosen.recordings), Shelf.of(chosen.tapes)
        eraser = Eraser(database, recordings, LINES.values(), shelf)
        calls = await eraser.find(whom)
        _ask(calls, whom, sure)
        for each in calls:
            await note(database, chosen, "erased", each.id)
        _report(await eraser.erase(whom))


async def account_named(database: Database, said: str) -> tuple[str, str]:
    """The business and its customer's id; "shop:7" asks the shop alone. Exits with 2 where nobody or two are meant."""
    named, colon, rest = said.partition(":")
    asked = [each for each in BUSINESSES if colon and each.name == named]
    wanted = rest if asked else said
    async with database.read() as session:
        found = [
            (business.name, account)
            for business in asked or BUSINESSES
            if business.accounts and (account := await business.accounts.find(session, wanted))
        ]
    if not found:
        fail(f"There is no account {said!r}.")
    if len(found) > 1:
        fail(f"Whose account? Name one of {', '.join(f'{name}:{wanted}' for name, _ in found)}.")
    return found[0]


def _number(said: str | None) -> str | None:
    if said is None:
        return None
    number = hearing.phone(said)
    if number is None:
        fail(f"{said!r} is no phone number.")
    return number


def _ask(calls: Sequence[CallRow], whom: Whom, sure: bool) -> None:
    if not calls and whom.call:
        fail(f"The ledger has no call {whom.call!r}.")
    running = sum(call.ended_at is None for call in calls)
    tell(f"{len(calls)} calls ({running} of them running), and what was taken down in them:")
    for call in calls:
        tell(f"  {call.id}  {call.started_at:%Y-%m-%d %H:%M}  {call.line}")
    if not sure and not typer.confirm("Remove all words, recordings and callbacks of theirs, for good?"):
        raise typer.Exit(2)


def _report(done: Erased) -> None:
    tell(f"Erased: {done}. That there were these calls, how long they were and what they cost is kept.")
    if done.recordings_left:
        tell(f"The recordings of {done.recordings_left} calls could not be removed: run this again.", err=True)
    if not done.in_files:
        tell("Somebody was reading the database: run this again, so that nothing stays in its file.", err=True)
    if not done.whole:
        raise typer.Exit(1)
