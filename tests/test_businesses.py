"""The commands, and the businesses of all lines: tables made, missed, filled; accounts and numbers of each."""

import asyncio
import re
import shlex
import sqlite3
import subprocess
import sys
import tomllib
from contextlib import aclosing
from dataclasses import replace
from pathlib import Path

import pytest
import typer
from sqlalchemy import Column, Integer, MetaData, Table, text

from app import data, erase
from app.check import check_all
from app.demo import page_address
from app.lines import BUSINESSES, LINES
from switchboard.database import Database
from switchboard.line.business import Business
from switchboard.settings.environment import load_settings
from switchboard.settings.schema import Settings
from tests.command import ROOT, run_in
from tests.house import house_in
from tests.stage.stage import LINE

VISITS = MetaData()
Table("visits", VISITS, Column("id", Integer, primary_key=True))


@pytest.fixture
def clinic(tmp_path: Path) -> Business:
    """One whose migrations nobody has written."""
    return Business("clinic", VISITS, tmp_path / "versions")


@pytest.fixture
def chosen(sqlite_templates: Path, tmp_path: Path) -> Settings:
    """Settings with a database that has every table of ours."""
    return settings_of(f"sqlite:///{copied(sqlite_templates / 'empty.db', tmp_path)}")


def copied(file: Path, folder: Path) -> Path:
    copy = folder / "switchboard.db"
    copy.write_bytes(file.read_bytes())
    return copy


def settings_of(url: str, **values: str) -> Settings:
    return load_settings(None, {"DATABASE_URL": url, **values})


async def checked(chosen: Settings, business: Business | None) -> list[str]:
    said: list[str] = []
    problems = await check_all(chosen, (replace(LINE, business=business),), said.append)
    assert problems == sum(line.startswith("problem") for line in said)
    return said


async def test_check_tells_which_tables_a_line_lacks(chosen: Settings, clinic: Business) -> None:
    problems = [line for line in await checked(chosen, clinic) if line.startswith("problem")]

    assert len(problems) == 1
    assert "the business clinic has no table visits; write the migration" in problems[0]
    assert not [line for line in await checked(chosen, None) if line.startswith("problem")]


def test_migrate_tells_which_tables_a_line_lacks(
    chosen: Settings, clinic: Business, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    assert data.migrate(chosen).endswith("is up to date.")
    monkeypatch.setattr(data, "BUSINESSES", (*BUSINESSES, clinic))
    for start in (data.migrate, data.prepare_database):
        with pytest.raises(typer.Exit):
            start(chosen)
        assert "the business clinic has no table visits; write the migration" in capsys.readouterr().err


def test_the_tables_of_a_business_that_nobody_names_are_told(
    chosen: Settings, capsys: pytest.CaptureFixture[str]
) -> None:
    async def leave_behind() -> None:
        async with aclosing(data.database_of(chosen)) as database, database.write() as session:
            await session.execute(text("INSERT INTO alembic_version VALUES ('clinic_0007')"))

    asyncio.run(leave_behind())
    with pytest.raises(typer.Exit):
        data.migrate(chosen)
    assert "has tables that nobody here knows (clinic_0007)" in capsys.readouterr().err


async def test_a_business_without_an_example_is_not_filled(
    chosen: Settings, clinic: Business, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(data, "BUSINESSES", (clinic,))
    assert await data.fill(chosen) == ""


async def test_check_refuses_a_number_whose_line_there_is_not(chosen: Settings) -> None:
    values = {"PHONE_NUMBERS": "+15550100=stage,+15550101=typo", "PHONE_ALLOWED_ADDRESSES": "127.0.0.0/8"}
    said = await checked(settings_of(chosen.storage.url.get_secret_value(), **values), None)

    assert [line for line in said if line.startswith("problem")] == [
        "problem  PHONE_NUMBERS: there is no line 'typo' for +15550101; lines: stage"
    ]


async def test_each_line_answers_a_number_of_its_own(chosen: Settings) -> None:
    numbers = ",".join(f"+1555010{place}={line}" for place, line in enumerate(LINES))
    values = {"PHONE_NUMBERS": numbers, "PHONE_ALLOWED_ADDRESSES": "127.0.0.0/8"}
    said: list[str] = []
    url = chosen.storage.url.get_secret_value()

    assert await check_all(settings_of(url, **values), tuple(LINES.values()), said.append) == 0
    assert numbers == "+15550100=support-line,+15550101=clinic-line"


class Book:
    """Accounts that have the names given."""

    named_by = ("name",)

    def __init__(self, *names: str) -> None:
        self._names = names

    async def find(self, _session: object, said: str) -> str | None:
        return said if said in self._names else None

    async def unlock(self, *_: object) -> int | None:
        return None

    async def unlock_origin(self, *_: object) -> int:
        return 1


@pytest.mark.parametrize(
    ("said", "found"),
    [
        ("ada", ("one", "ada")),
        ("ben", ("two", "ben")),
        ("one:eve", ("one", "eve")),
        ("two:eve", ("two", "eve")),
        ("eve", "Whose account? Name one of one:eve, two:eve."),
        ("two:ada", "There is no account 'two:ada'."),
    ],
)
async def test_an_account_is_looked_for_in_every_business_and_two_of_a_name_are_told_apart(
    database: Database,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    said: str,
    found: tuple[str, str] | str,
) -> None:
    books = {"one": Book("ada", "eve"), "two": Book("ben", "eve")}
    known = [Business(name, MetaData(), Path(), accounts=book) for name, book in books.items()]
    monkeypatch.setattr(erase, "BUSINESSES", known)
    if isinstance(found, tuple):
        assert await erase.account_named(database, said) == found
    else:
        with pytest.raises(typer.Exit):
            await erase.account_named(database, said)
        assert capsys.readouterr().err.strip() == found


def test_the_demo_opens_the_page_of_the_line_that_was_named() -> None:
    assert page_address(Settings(), 8080, None) == "http://127.0.0.1:8080"
    assert page_address(Settings(), 8080, "clinic-line") == "http://127.0.0.1:8080/?line=clinic-line"


def test_alembic_is_told_where_every_business_keeps_its_migrations() -> None:
    told = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["alembic"]["version_locations"]

    assert {Path(each.replace("%(here)s", str(ROOT))) for each in told} >= {each.migrations for each in BUSINESSES}


def test_a_revision_is_made_of_changed_models_as_documented(sqlite_templates: Path, tmp_path: Path) -> None:
    """CONTRIBUTING.md, "Change the database": the command as it stands there, after a change of the shop's models."""
    house = house_in(tmp_path, "shop")
    url = f"sqlite:///{copied(sqlite_templates / 'empty.db', tmp_path)}"
    models = house / "shop" / "models.py"
    changed = "    numbers_told: Mapped[bool]"
    before = models.read_text(encoding="utf-8")
    models.write_text(before.replace(changed, f"    met_at: Mapped[datetime | None]\n{changed}"), encoding="utf-8")
    guide = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    (command,) = re.findall(r"`\.venv/bin/(alembic revision --autogenerate --head shop@head [^`]*)`", guide)
    environ = {"PATH": "/usr/bin:/bin", "DATABASE_URL": url}
    made = subprocess.run(
        [sys.executable, "-m", *shlex.split(command)], cwd=house, env=environ, capture_output=True, text=True
    )

    assert made.returncode == 0, made.stderr
    (revision,) = set((house / "shop/migrations/versions").glob("*_what_changes.py"))
    written = revision.read_text(encoding="utf-8")
    assert "batch_op.add_column(sa.Column('met_at', sa.DateTime(timezone=True), nullable=True))" in written
    assert written.count("batch_alter_table('customers'") == 2, "one way and back"
    assert "create_table" not in written
    assert run_in(house, "migrate", DATABASE_URL=url).returncode == 0
    assert columns_of(tmp_path / "switchboard.db", "customers") >= {"met_at"}


def columns_of(file: Path, table: str) -> set[str]:
    return {row[1] for row in sqlite3.connect(file).execute(f"PRAGMA table_info({table})")}
