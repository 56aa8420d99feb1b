"""A10: what a caller types or a model writes cannot break a database, a log or an operator's terminal."""

import asyncio
import json
import logging
import sqlite3
import stat
from collections.abc import Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import pytest
import structlog
from sqlalchemy import insert, select, text
from sqlalchemy.exc import SQLAlchemyError

from shop.models import Ticket
from shop.tickets import open_ticket
from simulator.mind import CallTool, Reply, Request
from switchboard import logs
from switchboard.call.arguments import Arguments
from switchboard.database import Database
from switchboard.ledger.events import ToolCalled, ToolReturned
from switchboard.ledger.mask import MASK, Mask
from switchboard.ledger.tables import CallRow, EventRow
from switchboard.ledger.timeline import timeline
from switchboard.settings.schema import Log
from switchboard.text import DEEPEST
from tests.conftest import MakeUrl
from tests.own_logging import own_logging
from tests.shop.rows import NOW, add_customer
from tests.stage.mind import Obedient
from tests.stage.stage import new_database, staged
from tests.terminal import Terminal

EMAIL = "amelia.hart@example.com"
DIRTY = "half \ud83d, \0 and \x1b[2Jgone\r\n"
CLEAN = "half \ufffd,  and [2Jgone\n"


class Writing(Obedient):
    """Writes a tool's arguments as a model that was cut in the middle of an emoji would."""

    def answer(self, request: Request) -> Reply:
        """Call the tool when the caller says so."""
        reply = super().answer(request)
        return [CallTool("write_down", {"thing": DIRTY})] if reply and isinstance(reply[0], CallTool) else reply


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    with own_logging():
        yield tmp_path / "log" / "test.log"


async def test_half_an_emoji_a_nul_and_an_escape_in_a_tools_argument_are_stored_by_both_databases(
    make_url: MakeUrl,
) -> None:
    url = make_url("empty")
    async with staged(url, mind=Writing(), typed=True) as stage:
        await stage.say("call write_down")
        call = stage.conversation.call.id
    async with aclosing(Database(url)) as database:
        events = await timeline(database, call)

    (called,) = (event for event in events if isinstance(event, ToolCalled))
    (returned,) = (event for event in events if isinstance(event, ToolReturned))
    assert called.arguments == {"thing": CLEAN}
    assert (returned.result, returned.failed) == (f"Written down: {CLEAN}.", False)


async def test_lists_in_lists_without_an_end_are_no_arguments_and_stored_as_far_as_anybody_would_say_them(
    database: Database,
) -> None:
    deep: Any = "bottom"
    for _ in range(10_000):
        deep = [deep]
    assert Arguments((), Mask()).kept("[" * 100_000, None) == {"invalid": MASK}
    async with database.write() as session:
        await session.execute(insert(CallRow).values(id="call_1", line="stage", started_at=NOW))
        event = {"call_id": "call_1", "seq": 1, "kind": "x", "at": 0.0, "wall": NOW, "body": {"thing": deep}}
        await session.execute(insert(EventRow).values(event))
    async with database.read() as session:
        (stored,) = await session.scalars(select(EventRow))

    assert json.dumps(stored.body).count("[") == DEEPEST - 1


async def test_a_ticket_with_such_text_is_opened_on_both_databases_and_found_by_it(database: Database) -> None:
    async with database.write() as session:
        await open_ticket(session, None, summary=DIRTY, key="k", now=NOW, phone="+15550111", briefing="\0")
    async with database.read() as session:
        (found,) = await session.scalars(select(Ticket).where(Ticket.summary == DIRTY))
        none = await session.scalar(text("SELECT count(*) FROM tickets WHERE phone = :phone"), {"phone": "\0\ud83d"})

    assert (found.summary, found.briefing, none) == (CLEAN, "", 0)


@pytest.mark.parametrize("form", ["json", "console"])
async def test_a_query_that_fails_logs_its_kind_and_its_stack_and_no_value(
    database: Database, log_file: Path, form: str
) -> None:
    logs.configure(Log.model_validate({"format": form, "level": "debug"}), log_file)
    for statement in ("SELECT * FROM nowhere WHERE email = :email", "SELECT CAST(:email AS INTEGER) + nothing"):
        with pytest.raises(SQLAlchemyError) as failed:
            async with database.write() as session:
                await session.execute(text(statement), {"email": EMAIL})
        assert EMAIL not in str(failed.value)
    try:
        async with database.write() as session:
            await add_customer(session, "amelia")
            await add_customer(session, "amelia")
    except SQLAlchemyError:
        logging.getLogger("somebody").exception("a query failed")

    written = await asyncio.to_thread(log_file.read_text, encoding="utf-8")
    assert "IntegrityError" in written
    assert "test_a10_text.py" in written
    assert "amelia@" not in written


@pytest.mark.parametrize("form", ["json", "console"])
def test_a_logged_error_tells_nothing_that_a_caller_has_said(log_file: Path, form: str) -> None:
    logs.configure(Log.model_validate({"format": form}), log_file)
    try:
        try:
            int(EMAIL)
        except ValueError as error:
            raise ExceptionGroup(EMAIL, [KeyError(EMAIL)]) from error
    except ExceptionGroup:
        logging.getLogger("somebody").exception("it failed", extra={"error": f"not a number: {EMAIL}"})
        logging.getLogger("asyncio").error(f"Task exception was never retrieved\nfuture: {EMAIL}")

    written = log_file.read_text(encoding="utf-8")
    assert EMAIL not in written
    assert all(kind in written for kind in ("ValueError", "ExceptionGroup", "KeyError", "Task exception"))


@pytest.mark.parametrize("form", ["json", "console"])
def test_of_a_callers_number_the_log_has_two_digits(log_file: Path, form: str) -> None:
    logs.configure(Log.model_validate({"format": form}), log_file)
    who = {"participant": "sip_+15550111", "from": "sip:15550111@10.0.0.1", "at": "2026-11-27T09:00:00+00:00"}
    logging.getLogger("livekit.agents").warning("Phone +15550111 has left", extra=who)

    written = log_file.read_text(encoding="utf-8")
    assert "5550111" not in written
    assert "sip_***11" in written
    assert "09:00:00+00:00" in written


def test_no_value_in_a_log_begins_a_line_or_speaks_to_the_terminal(log_file: Path) -> None:
    logs.configure(Log(), log_file)
    structlog.get_logger("somebody").warning("a call was refused", line="x\n2026 [info] all is well \x1b[2J\ud83d")

    (line,) = log_file.read_text(encoding="utf-8").splitlines()
    assert r"\n2026 [info] all is well \x1b[2J\ud83d" in line.replace(r"\\", "\\")


def test_the_timeline_shows_what_an_older_version_stored_and_the_terminal_does_not_obey(tmp_path: Path) -> None:
    url = new_database(tmp_path)
    said = '"x\\u001b[2J\\u001b]0;owned\\u0007\\n    9.99  ended: reason goodbye \\ud83d"'
    with sqlite3.connect(tmp_path / "switchboard.db") as file:
        began = "2026-11-23 09:00:00.000000"
        file.execute("INSERT INTO calls (id, line, started_at) VALUES ('call_1', 'x\x1b[2J', ?)", (began,))
        event = ("call_1", 1, "caller_spoke", 1.0, began, f'{{"text": {said}}}')
        file.execute("INSERT INTO call_events (call_id, seq, kind, at, wall, body) VALUES (?, ?, ?, ?, ?, ?)", event)
    with Terminal("calls", "call_1", environ={"DATABASE_URL": url}) as terminal:
        assert terminal.exit_code() == 0
        line, *_ = terminal.lines
        assert r"x\x1b[2J\x1b]0;owned\x07\n    9.99  ended: reason goodbye \ud83d" in line
        assert not any(each.startswith("    9.99") for each in terminal.lines)
    with Terminal("calls", environ={"DATABASE_URL": url}) as terminal:
        assert terminal.exit_code() == 0
        assert r"x\x1b[2J" in terminal.lines[-1]


async def test_the_database_file_and_its_helpers_are_for_this_user_only(tmp_path: Path) -> None:
    folder = tmp_path / "made" / "here"
    async with aclosing(Database(f"sqlite:///{folder}/calls.db")) as database, database.write() as session:
        await session.execute(text("CREATE TABLE calls (id INTEGER)"))
        modes = {file.name: stat.S_IMODE(file.stat().st_mode) for file in (*folder.iterdir(), folder, folder.parent)}
    assert modes == {"calls.db": 0o600, "calls.db-wal": 0o600, "calls.db-shm": 0o600, "here": 0o700, "made": 0o700}


async def test_a_database_file_that_everybody_could_read_is_closed_when_it_is_opened(tmp_path: Path) -> None:
    file = tmp_path / "calls.db"
    file.touch(0o644)
    async with aclosing(Database(f"sqlite:///{file}")):
        assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_the_log_is_for_this_user_only(log_file: Path) -> None:
    logs.configure(Log(), log_file)
    assert stat.S_IMODE(log_file.stat().st_mode) == 0o600
    assert stat.S_IMODE(log_file.parent.stat().st_mode) == 0o700
