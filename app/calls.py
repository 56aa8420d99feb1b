"""The calls of the ledger, for whoever types `main.py calls`: a list of those that a filter lets through, or one."""

import asyncio
import shutil
import sys
from collections.abc import Iterator, Mapping
from contextlib import aclosing
from datetime import UTC, datetime
from pathlib import Path

from app import one_call
from app.calls_table import calls_table
from app.data import database_of, prepare_database
from app.lines import LINES
from app.looks import note
from app.process import fail, settings, start_logging, tell, tell_json
from switchboard.database import Database
from switchboard.operate.call_line import CallLine
from switchboard.operate.choices import choices
from switchboard.operate.cursor import Cursor
from switchboard.operate.filter import Filter, FilterError
from switchboard.operate.find import one, pages
from switchboard.settings.schema import Settings

MOST = 20


def run(
    call: str | None,
    given: Mapping[str, str | None],
    after: str | None,
    most: int | None,
    as_json: bool,
    html: Path | None,
) -> None:
    """List calls, those that began before the call `after`; or tell all of one. `given` is a filter's parts."""
    asked = {name: value for name, value in given.items() if value}
    if call is None and html:
        fail("--html is for one call: name its id as well.")
    if call is not None and (asked or after or most):
        fail("Name a call, or what to list calls by: not both.")
    if html and as_json:
        fail("Name --json or --html: not both.")
    wanted = _filter(asked)
    chosen = settings()
    start_logging(chosen)
    prepare_database(chosen)
    if call is None:
        asyncio.run(_list(chosen, wanted, asked, after, most or MOST, as_json))
    elif html:
        asyncio.run(one_call.as_html(chosen, call, html))
    else:
        asyncio.run((one_call.as_json if as_json else one_call.as_text)(chosen, call))


def option(name: str) -> str:
    """What a part of a filter is called on the command line."""
    return "--search" if name == "q" else f"--{name.replace('_', '-')}"


def _filter(asked: Mapping[str, str]) -> Filter:
    try:
        return Filter.of(asked, called=option)
    except FilterError as error:
        fail(f"{error}.")


async def _list(
    chosen: Settings, wanted: Filter, asked: Mapping[str, str], after: str | None, most: int, as_json: bool
) -> None:
    listed: list[CallLine] = []
    async with aclosing(database_of(chosen)) as database:
        if after:
            wanted = wanted.model_copy(update={"after": await _behind(database, after)})
        await note(database, chosen, "exported" if as_json else "listed", wanted=asked)
        async for page in pages(database, wanted, most):
            if as_json:
                for call in page.calls:
                    tell_json(call.json())
            listed += page.calls
    if not listed:
        tell("\n".join(_nothing(asked, after)), err=as_json)
    elif not as_json:
        tell(calls_table(listed, datetime.now(UTC), _width()))
    if page.next:
        tell(f"There are more: add --after {page.next.call}", err=True)


async def _behind(database: Database, call: str) -> Cursor:
    before = await one(database, call)
    if before is None:
        fail(f"--after: the ledger has no call {call!r}; name the last one of the list before.")
    return Cursor(before.started_at, before.id)


def _nothing(asked: Mapping[str, str], after: str | None) -> Iterator[str]:
    """Why the list is empty, as far as it can be known."""
    if not asked and not after:
        yield "There were no calls yet."
        return
    yield "No call is like that."
    known = choices(LINES.values())
    names = {
        "line": [line["name"] for line in known["lines"]],
        "agent": [agent["id"] for line in known["lines"] for agent in line["agents"]],
        "rule": [rule["rule"] for rule in known["rules"]],
    }
    for name, ours in names.items():
        if name in asked and asked[name] not in ours:
            yield f"{option(name)}: {asked[name]!r} is none of today's: {', '.join(ours)}."


def _width() -> int | None:
    """How wide the terminal is; None: it is a file or a pipe."""
    return shutil.get_terminal_size().columns if sys.stdout.isatty() else None
