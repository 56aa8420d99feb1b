"""`main.py calls` and `main.py audit`, as people type them."""

import getpass
import json
import socket
import subprocess
import sys
from contextlib import aclosing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bench.history import make
from switchboard.database import Database
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Event
from switchboard.ledger.prices import Prices
from switchboard.operate.sight import Sight
from switchboard.operate.story import story
from tests.command import ROOT, run
from tests.conftest import MakeUrl
from tests.switchboard.operate.made import answered, bare_call, call
from tests.terminal import Terminal

SAID: tuple[Event, ...] = (
    answered(),
    CallerSpoke(text="My number is 07700 900128, naïve"),
    AgentSpoke(agent="greeter", text="Thank you."),
    Ended(reason="goodbye"),
)
FITS: dict[str, Any] = {
    "line": "orders",
    "agents": ("greeter", "support"),
    "reason": "silence",
    "rules": ("dead_air",),
    "minute": 10,
    "seconds": 60,
    "cost": "0.05",
}
SOUGHT = {
    "--line": "orders",
    "--agent": "support",
    "--outcome": "silence",
    "--rule": "dead_air",
    "--from": "2026-11-23T09:05Z",
    "--to": "2026-11-23T09:15",
    "--min-seconds": "50",
    "--max-seconds": "70",
    "--min-cost": "0.04",
    "--max-cost": "0.06",
    "--search": '"broken lamp" refu*',
}
OTHERWISE: dict[str, dict[str, Any]] = {
    "line": {"line": "other"},
    "agent": {"agents": ("greeter",)},
    "outcome": {"reason": "goodbye"},
    "rule": {"rules": ("asked_again",)},
    "early": {"minute": 4},
    "late": {"minute": 16},
    "short": {"seconds": 49},
    "long": {"seconds": 71},
    "cheap": {"cost": "0.039"},
    "dear": {"cost": "0.061"},
}


def of(told: subprocess.CompletedProcess[str]) -> list[dict[str, Any]]:
    """What it has written, a line of JSON each."""
    assert told.returncode == 0, told.stderr
    return [json.loads(line) for line in told.stdout.splitlines()]


@pytest.fixture
def url(make_url: MakeUrl) -> str:
    return make_url("empty")


@pytest.fixture
def sqlite(sqlite_templates: Path, tmp_path: Path) -> str:
    (tmp_path / "ledger.db").write_bytes((sqlite_templates / "empty.db").read_bytes())
    return f"sqlite:///{tmp_path}/ledger.db"


async def test_what_is_asked_for_all_holds_of_what_is_listed(url: str) -> None:
    async with aclosing(Database(url)) as database:
        said = CallerSpoke(text="A refund for the broken lamp!")
        await call(database, "fits", said, **FITS)
        for name, other in OTHERWISE.items():
            await call(database, name, said, **{**FITS, **other})
        await call(database, "silent", CallerSpoke(text="The lamp is broken."), **FITS)

    listed = of(run("calls", "--json", *(each for pair in SOUGHT.items() for each in pair), DATABASE_URL=url))
    everything = of(run("calls", "--json", DATABASE_URL=url))
    looks = of(run("audit", "--json", DATABASE_URL=url))

    assert [each["id"] for each in listed] == ["fits"]
    assert len(everything) == len(OTHERWISE) + 2
    assert everything[0] == {
        "id": "late",
        "line": "orders",
        "agent": "support",
        "agents": ["greeter", "support"],
        "caller": "********12",
        "started_at": "2026-11-23T09:16:00+00:00",
        "ended_at": "2026-11-23T09:17:00+00:00",
        "outcome": "silence",
        "seconds": 60.0,
        "cost": "0.050000",
        "currency": "USD",
        "rules": ["dead_air"],
        "first_sound_p50_ms": None,
        "to_person": False,
    }
    asked = {name.strip("-").replace("-", "_"): value for name, value in SOUGHT.items() if name != "--search"}
    assert [each["wanted"] for each in looks] == [{}, asked | {"q": "***"}]
    assert "lamp" not in str(looks)


async def test_a_list_goes_on_behind_the_last_call_of_the_one_before(url: str) -> None:
    async with aclosing(Database(url)) as database:
        for number in range(5):
            await call(database, f"call_{number}", minute=number // 2)  # some began in the same moment

    first = run("calls", "--json", "--most", "2", DATABASE_URL=url)
    second = run("calls", "--json", "--most", "2", "--after", "call_3", DATABASE_URL=url)
    last = run("calls", "--after", "call_1", DATABASE_URL=url)

    assert [each["id"] for each in of(first) + of(second)] == ["call_4", "call_3", "call_2", "call_1"]
    assert first.stderr == "There are more: add --after call_3\n"
    assert second.stderr == "There are more: add --after call_1\n"
    assert [line.split()[0] for line in last.stdout.splitlines()] == ["call", "call_0"]
    assert last.stderr == ""


async def test_one_call_is_told_or_exported_whole(url: str, tmp_path: Path) -> None:
    file = tmp_path / "call.html"
    async with aclosing(Database(url)) as database:
        await call(database, "call_1", *SAID)
        expected = await story(database, "call_1", Prices.read(), {})
    assert expected

    document = run("calls", "call_1", "--json", DATABASE_URL=url)
    page = run("calls", "call_1", "--html", str(file), DATABASE_URL=url)
    again = run("calls", "call_1", "--html", str(file), DATABASE_URL=url)
    told = run("calls", "call_1", DATABASE_URL=url)
    looks = of(run("audit", "--json", "--call", "call_1", DATABASE_URL=url))

    assert json.loads(document.stdout) == expected.json(Sight.ALL)
    assert document.stdout.isascii(), "nothing in it can turn a terminal's line around"
    assert (page.returncode, page.stdout) == (0, f"{file} has the call.\n")
    assert file.stat().st_mode & 0o777 == 0o600
    assert "07700 900128, naïve" in file.read_text(encoding="utf-8")
    assert (again.returncode, again.stdout) == (2, "")
    assert again.stderr.startswith(f"--html: {file} is there already; it is left as it is.")
    assert "07700 900128, naïve" in told.stdout
    assert [each["what"] for each in looks] == ["looked", "exported", "exported", "exported"]


async def test_a_call_that_runs_is_told_and_exported_so_far(url: str, tmp_path: Path) -> None:
    file = tmp_path / "call.html"
    async with aclosing(Database(url)) as database:
        await bare_call(database, "call_1", *SAID[:2])

    (listed,) = of(run("calls", "--json", "--outcome", "running", DATABASE_URL=url))
    document = json.loads(run("calls", "call_1", "--json", DATABASE_URL=url).stdout)
    page = run("calls", "call_1", "--html", str(file), DATABASE_URL=url)

    assert (listed["ended_at"], listed["seconds"], listed["cost"]) == (None, None, None)
    assert document["call"] == listed
    assert len(document["events"]) == 2
    assert page.stdout == f"{file} has the call so far: it still runs.\n"
    assert run("calls", "call_1", DATABASE_URL=url).stdout.endswith("\n\nIt still runs.\n")


async def test_a_call_whose_worker_is_gone_is_told_as_lost(sqlite: str) -> None:
    async with aclosing(Database(sqlite)) as database:
        began = datetime.now(UTC) - timedelta(minutes=1)
        await bare_call(database, "call_1", *SAID[:2], worker="gone", began=began)

    (listed,) = of(run("calls", "--json", "--outcome", "lost", DATABASE_URL=sqlite))
    told = run("calls", "call_1", DATABASE_URL=sqlite).stdout

    assert (listed["id"], listed["outcome"]) == ("call_1", "lost")
    assert told.endswith("\n\nIt is lost: neither its worker nor the call is heard of.\n")


@pytest.mark.parametrize(
    ("asked", "complaint"),
    [
        (["--from", "yesterday"], "--from: a day or a time as in ISO 8601, such as 2026-11-27 or 2026-11-27T09:30Z.\n"),
        (["--outcome", "happy"], "--outcome: one of goodbye, caller_left, "),
        (["--min-seconds", "9", "--max-seconds", "8"], "--max-seconds: the range has to end after it begins.\n"),
        (["--max-cost", "much"], "--max-cost: Input should be a valid decimal.\n"),
        (["--search", "x" * 201], "--search: String should have at most 200 characters.\n"),
        (["--after", "call_9"], "--after: the ledger has no call 'call_9'; name the last one of the list before.\n"),
        (["call_9"], "The ledger has no call 'call_9'. List them: main.py calls\n"),
        (["call_9", "--json"], "The ledger has no call 'call_9'. List them: main.py calls\n"),
        (["call_9", "--rule", "dead_air"], "Name a call, or what to list calls by: not both.\n"),
        (["call_9", "--most", "3"], "Name a call, or what to list calls by: not both.\n"),
        (["call_9", "--json", "--html", "x.html"], "Name --json or --html: not both.\n"),
        (["--html", "x.html"], "--html is for one call: name its id as well.\n"),
    ],
)
def test_what_cannot_be_meant_is_told_in_one_line(sqlite: str, asked: list[str], complaint: str) -> None:
    refused = run("calls", *asked, DATABASE_URL=sqlite)

    assert (refused.returncode, refused.stdout) == (2, "")
    assert refused.stderr.startswith(complaint)
    assert len(refused.stderr.splitlines()) == 1
    assert not (ROOT / "x.html").exists()


async def test_where_a_file_cannot_be_it_is_told(sqlite: str, tmp_path: Path) -> None:
    async with aclosing(Database(sqlite)) as database:
        await call(database, "call_1", *SAID)
    refused = run("calls", "call_1", "--html", f"{tmp_path}/no/call.html", DATABASE_URL=sqlite)

    assert refused.returncode == 2
    assert refused.stderr == f"--html: {tmp_path}/no/call.html cannot be written: No such file or directory.\n"


async def test_a_list_that_is_empty_says_why(sqlite: str) -> None:
    nothing = run("calls", DATABASE_URL=sqlite)
    lines = run("calls", "--json", DATABASE_URL=sqlite)
    async with aclosing(Database(sqlite)) as database:
        await call(database, "call_1", *SAID)
    unlike = run("calls", "--rule", "ded_air", "--agent", "support", DATABASE_URL=sqlite)

    assert (nothing.returncode, nothing.stdout, nothing.stderr) == (0, "There were no calls yet.\n", "")
    assert (lines.returncode, lines.stdout, lines.stderr) == (0, "", "There were no calls yet.\n")
    heads, hint = unlike.stdout.splitlines()
    assert heads == "No call is like that."
    assert hint.startswith("--rule: 'ded_air' is none of today's: dead_air, ")


async def test_a_terminal_gets_the_columns_that_fit_into_it(sqlite: str) -> None:
    async with aclosing(Database(sqlite)) as database:
        await call(database, "call_0123456789ab", *SAID, rules=("dead_air",))

    for columns, last in (("80", "cost"), ("160", "found")):
        with Terminal("calls", environ={"DATABASE_URL": sqlite, "COLUMNS": columns}) as terminal:
            assert terminal.exit_code() == 0
            assert terminal.lines[0].endswith(last)
            assert max(map(len, terminal.lines)) <= int(columns)
    assert run("calls", DATABASE_URL=sqlite, COLUMNS="20").stdout.splitlines()[0].endswith("found")


def test_whoever_has_read_enough_of_a_list_may_go(tmp_path: Path) -> None:
    make(f"sqlite:///{tmp_path}/past.db", 600, lambda _: None)
    seed = {"PATH": "/usr/bin:/bin", "DATABASE_URL": f"sqlite:///{tmp_path}/past.db"}
    run("migrate", **seed)
    piped = f'"{sys.executable}" main.py calls --json --most 600 | head -n 1'
    read = subprocess.run(piped, shell=True, cwd=ROOT, env=seed, capture_output=True, text=True, timeout=60)

    assert json.loads(read.stdout)["outcome"] is None
    assert read.stderr == ""


async def test_who_looked_is_told_by_name_and_by_what_they_did(url: str) -> None:
    async with aclosing(Database(url)) as database:
        await call(database, "call_1", *SAID)
    run("calls", "--line", "support-line", "--search", "Amelia Hart", DATABASE_URL=url)
    run("calls", "call_1", DATABASE_URL=url)
    run("erase", "--call", "call_1", "--yes", DATABASE_URL=url)
    me = getpass.getuser()

    lines = run("audit", DATABASE_URL=url).stdout.splitlines()
    assert [line.split("  ", 1)[1] for line in lines] == [
        f"{me} (command line)  erased  call_1",
        f"{me} (command line)  looked  call_1",
        f"{me} (command line)  listed  line=support-line, q=***",
    ]
    newest, *_ = of(run("audit", "--json", "--most", "1", DATABASE_URL=url))
    assert newest.pop("at").endswith("+00:00")
    assert newest == {
        "subject": f"{me}@{socket.gethostname()}",
        "name": me,
        "role": "command line",
        "what": "erased",
        "call": "call_1",
        "wanted": {},
    }
    assert len(of(run("audit", "--json", "--who", me, DATABASE_URL=url))) == 3
    assert of(run("audit", "--json", "--who", "somebody else", DATABASE_URL=url)) == []
    assert len(of(run("audit", "--json", "--call", "call_1", DATABASE_URL=url))) == 2
