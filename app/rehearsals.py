"""`main.py try`: every scenario of a line, held offline and judged."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from datetime import UTC, datetime
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NoReturn

import typer

from app.costs import prices_of
from app.data import VERSIONS, fill_database
from app.lines import BUSINESSES, line_named
from app.process import HERE, fail, start_logging, tell, tell_json
from app.rehearsal_report import Report
from rehearsal.file import Play, ScenarioError, load
from rehearsal.house import Business, House, Verdict
from rehearsal.junit import junit_xml
from rehearsal.letters import Letters
from rehearsal.rows import Books
from rehearsal.scenario import schema
from simulator.playbook import Playbook
from switchboard.database import Database
from switchboard.line.workflow import Workflow
from switchboard.migrations import upgrade
from switchboard.settings.environment import load_settings

SCENARIOS = HERE / "scenarios"
SCHEMA = SCENARIOS / "scenario.schema.json"
LOG = HERE / "var" / "log" / "try.log"
NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
"""When every call is: a Monday in winter, so that working days lie ahead and the shop's clock is UTC."""
TABLES = {name: table for business in BUSINESSES for name, table in business.tables.tables.items()}


def run(names: Sequence[str], line: str | None, times: int, seed: int, as_json: bool, junit: Path | None) -> None:
    """Play the scenarios of a line with these names, or all; exits with 1 if one fails, with 2 if one is broken."""
    began, chosen = time.monotonic(), line_named(line)
    try:
        plays = named(plays_of(chosen), names)
    except ScenarioError as error:
        fail(str(error))
    start_logging(load_settings(None, OFFLINE), LOG)
    report = Report()
    with house_of(chosen) as house:
        verdicts = asyncio.run(_play(house, plays, range(seed, seed + times), report))
    failed = sorted({verdict.play.name for verdict in verdicts if not verdict.passed})
    seconds = time.monotonic() - began
    report.sum_up(len(plays), failed, seconds)
    if junit:
        _write(junit, junit_xml(verdicts))
    if as_json:
        passed = len(plays) - len(failed)
        tell_json({"scenarios": len(plays), "passed": passed, "failed": failed, "seconds": round(seconds, 1)})
    if failed:
        raise typer.Exit(1)


def write_schema() -> None:
    """Write the format for editors anew."""
    SCHEMA.write_text(schema_text())
    tell(f"{SCHEMA.relative_to(HERE)} is up to date.")


def schema_text() -> str:
    """The format for editors."""
    return f"{json.dumps(schema(), indent=2)}\n"


def plays_of(line: Workflow) -> Sequence[Play]:
    """The scenarios of a line, by their names. Raises ScenarioError."""
    columns = {name: table.c.keys() for name, table in TABLES.items()}
    return [load(file, line, columns) for file in sorted(folder_of(line).glob("*.yaml"))]


def folder_of(line: Workflow) -> Path:
    """Where the scenarios of a line are."""
    return SCENARIOS / line.name.replace("-", "_")


def named(plays: Sequence[Play], names: Sequence[str]) -> Sequence[Play]:
    """Those with one of these names, in which `*` stands for anything; without names all. Exits with 2 for none."""
    for name in names:
        if not any(fnmatch(play.name, name) for play in plays):
            _unknown(name, plays)
    return [play for play in plays if not names or any(fnmatch(play.name, name) for name in names)]


def _unknown(name: str, plays: Sequence[Play]) -> NoReturn:
    fail(f"There is no scenario {name!r}. There are: {', '.join(play.name for play in plays) or 'none'}.")


@contextmanager
def house_of(line: Workflow) -> Iterator[House]:
    """What the scenarios of a line are played on. Runs event loops of its own: enter it outside of any."""
    if line.playbook is None:
        fail(f"The line {line.name} has no playbook, so its calls cannot be held offline.")
    settings, letters = load_settings(None, OFFLINE), Letters()
    with ExitStack() as stack:
        folder = stack.enter_context(TemporaryDirectory(prefix="rehearsal-"))
        template = Path(folder, "template.db")
        _prepare(template)
        business = Business(template, NOW, Books(TABLES, NOW), _private)
        for each in BUSINESSES:
            if each.post:
                stack.enter_context(each.post(letters.send))
        yield House(line, Playbook.load(line.playbook), business, settings, prices_of(settings))


OFFLINE = {"REALTIME_PROVIDER": "simulator"}
"""All that is set: what is in the environment or in .env changes no verdict."""


def _prepare(template: Path) -> None:
    """Every business with its example, to be copied: all of it in one file."""
    url = f"sqlite:///{template}"
    upgrade(url, VERSIONS)

    async def prepare() -> None:
        database = Database(url)
        await fill_database(database, NOW)
        await database.purge()
        await database.aclose()

    asyncio.run(prepare())


async def _private(database: Database) -> frozenset[str]:
    """What the businesses know of their customers."""
    known: set[str] = set()
    async with database.read() as session:
        for business in BUSINESSES:
            if business.private:
                known.update(each.casefold() for each in await business.private(session))
    return frozenset(known)


async def _play(house: House, plays: Sequence[Play], seeds: Sequence[int], report: Report) -> Sequence[Verdict]:
    verdicts = []
    async for verdict in house.play_all(plays, seeds):
        report.show(verdict)
        verdicts.append(verdict)
    return verdicts


def _write(file: Path, text: str) -> None:
    try:
        file.write_text(text)
    except OSError as error:
        fail(f"--junit: {file} cannot be written: {error.strerror}.")
