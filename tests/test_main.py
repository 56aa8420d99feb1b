"""The command line, as a real program."""

import asyncio
import importlib
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import aclosing, contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer
from livekit.agents.cli.discover import get_import_data

from app.check import tell_ends
from simulator.fault_kinds import KNOWN
from simulator.options import Options
from simulator.server import Simulator
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import CallerSpoke, Ended
from switchboard.services.providers import Services
from switchboard.settings.environment import load_settings
from switchboard.settings.schema import SETTINGS
from tests.command import ROOT, run, run_in
from tests.simulator.minds import Given

CANARY = "canary-4f7a9c2e"


@pytest.fixture(scope="module")
def shop_url(tmp_path_factory: pytest.TempPathFactory) -> str:
    url = f"sqlite:///{tmp_path_factory.mktemp('main')}/shop.db"
    assert run("migrate", DATABASE_URL=url).returncode == 0
    return url


def test_help_and_the_import_of_main_load_neither_livekit_nor_the_database() -> None:
    code = "import sys, main; print([n for n in ('livekit', 'sqlalchemy', 'pydantic', 'numpy') if n in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)
    heavy = subprocess.run(
        [sys.executable, "-X", "importtime", "main.py", "--help"], cwd=ROOT, capture_output=True, text=True, timeout=60
    )

    assert done.stdout.strip() == "[]"
    assert " livekit" not in heavy.stderr


def test_the_web_app_loads_no_realtime_plugin() -> None:
    code = "import sys, app.web; print([name for name in sys.modules if name.startswith('livekit.plugins.')])"
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, timeout=60)

    assert done.stdout.strip() == "[]"


def test_every_command_is_in_the_help() -> None:
    commands = {
        *("console", "demo", "web", "dev", "start", "connect", "download-files", "check", "graph"),
        *(
            "simulator",
            "livekit-server",
            "page",
            "migrate",
            "seed",
            "phone",
            "calls",
            "unlock",
            "erase",
            "audit",
            "new",
        ),
    }
    assert commands <= set(re.findall(r"^\W*([\w-]+)\s", run("--help").stdout, re.MULTILINE))


def test_livekits_commands_keep_their_options() -> None:
    assert "--drain-timeout" in run("start", "--help", REALTIME_PROVIDER="simulator", **LIVEKIT).stdout
    assert "--input-device" in run("console", "--help").stdout


LIVEKIT = {"LIVEKIT_URL": "ws://127.0.0.1:1", "LIVEKIT_API_KEY": "key", "LIVEKIT_API_SECRET": "s" * 32}


@pytest.mark.parametrize("command", ["dev", "start", "connect"])
def test_a_command_for_real_callers_refuses_without_a_provider(command: str, shop_url: str) -> None:
    refused = run(command, DATABASE_URL=shop_url, **LIVEKIT)

    assert refused.returncode == 2
    assert refused.stderr.startswith("REALTIME_PROVIDER: ")
    assert len(refused.stderr.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "command",
    [
        *("console", "console --text", "demo", "demo --text", "web", "dev", "start", "connect"),
        *("check", "migrate", "seed", "calls", "erase", "phone up", "phone show", "phone down"),
    ],
)
def test_wrong_settings_stop_every_start_with_a_line_for_each_and_exit_code_2(command: str) -> None:
    wrong = {setting.name: f"\x01 {CANARY}\x7f" for setting in SETTINGS if not setting.secret}
    refused = run(*command.split(), **wrong)

    assert refused.returncode == 2, refused.stdout
    assert [line.split(": ")[0] for line in refused.stderr.splitlines()] == list(wrong)
    assert not refused.stdout


@pytest.mark.parametrize("command", ["console", "demo", "web", "start", "check", "phone up"])
def test_wrong_settings_are_told_before_anything_heavy_is_loaded(command: str) -> None:
    told = subprocess.run(
        [sys.executable, "-X", "importtime", "main.py", *command.split()],
        cwd=ROOT,
        env={"PATH": os.environ["PATH"], "REALTIME_PROVIDER": "nobody"},
        capture_output=True,
        text=True,
        timeout=60,
    ).stderr

    assert "REALTIME_PROVIDER: " in told
    assert [name for name in ("livekit.agents", "sqlalchemy", "fastapi", "numpy") if f" {name}\n" in told] == []


def test_wrong_settings_hide_no_help() -> None:
    assert run("demo", "--help", REALTIME_PROVIDER="nobody").returncode == 0


def test_no_secret_stands_in_an_error() -> None:
    secrets = {each.name: f"{CANARY} {each.name}" for each in SETTINGS if each.secret}
    refused = run("console", "--text", **secrets)

    assert refused.returncode == 2
    assert CANARY not in refused.stdout + refused.stderr


def test_check_finds_nothing_wrong_with_a_new_clone(shop_url: str) -> None:
    checked = run("check", DATABASE_URL=shop_url)

    assert checked.returncode == 0, checked.stderr
    assert [line.split()[0] for line in checked.stdout.splitlines()] == ["ok"] * 4


def test_check_says_which_database_is_not_migrated(tmp_path: Path) -> None:
    checked = run("check", DATABASE_URL=f"sqlite:///{tmp_path}/new.db")

    assert checked.returncode == 2
    assert f"problem  database sqlite:///{tmp_path}/new.db: its tables are not up to date" in checked.stdout


def azure(url: str, key: str) -> dict[str, str]:
    return {
        "AZURE_OPENAI_ENDPOINT": url,
        "AZURE_OPENAI_API_KEY": key,
        "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime-2.1",
        "CARTESIA_API_KEY": key,
        "CARTESIA_BASE_URL": url,
    }


async def test_check_tells_a_good_key_from_a_bad_one_without_showing_it(shop_url: str) -> None:
    async with Simulator(Given(), Options(api_key="good-key", cartesia_key="good-key")) as simulator:
        good = await asyncio.to_thread(run, "check", DATABASE_URL=shop_url, **azure(simulator.url, "good-key"))
        bad = await asyncio.to_thread(run, "check", DATABASE_URL=shop_url, **azure(simulator.url, CANARY))

    assert good.returncode == 0, good.stdout + good.stderr
    assert "ok       realtime model at 127.0.0.1" in good.stdout
    assert "ok       voice by Cartesia" in good.stdout
    assert bad.returncode == 2
    assert "problem  realtime model at 127.0.0.1" in bad.stdout
    assert "401: the key or the token is not accepted" in bad.stdout
    assert CANARY not in bad.stdout + bad.stderr


async def test_check_warns_of_a_model_near_its_end(shop_url: str) -> None:
    now = datetime.now(UTC)
    soon, before, later = (now + timedelta(days=days, hours=1) for days in (30, -1, 400))
    ends = {"gpt-realtime-2.1": soon, "gone": before, "young": later}
    models = {name: int(end.timestamp()) for name, end in ends.items()}
    async with Simulator(Given(), Options(models=models)) as simulator:
        values = {name: value for name, value in azure(simulator.url, "key").items() if "CARTESIA" not in name}
        near = await asyncio.to_thread(run, "check", DATABASE_URL=shop_url, **values)
        values |= {"AZURE_OPENAI_DEPLOYMENT": "gone", "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": "young"}
        gone = await asyncio.to_thread(run, "check", DATABASE_URL=shop_url, **values)
        values |= {"AZURE_OPENAI_DEPLOYMENT": "my-own-name"}
        own = await asyncio.to_thread(run, "check", DATABASE_URL=shop_url, **values)

    assert (near.returncode, gone.returncode, own.returncode) == (0, 2, 0)
    assert f"warning  model gpt-realtime-2.1: it ends on {soon:%Y-%m-%d}, in 30 days" in near.stdout
    assert f"warning  model gone: it ended on {before:%Y-%m-%d}" in gone.stdout
    assert "410: its model has ended" in gone.stdout
    assert f"ok       model young: until {later:%Y-%m-%d} at least" in gone.stdout
    assert "ok       deployment my-own-name: when its model ends is not told" in own.stdout


@pytest.mark.parametrize("answer", ["[]", "no json", '{"data": [{"id": 5}]}'])
async def test_check_does_without_a_service_that_does_not_tell_when_models_end(answer: str) -> None:
    async def odd(_: web.Request) -> web.Response:
        return web.Response(text=answer)

    app = web.Application()
    app.router.add_get("/openai/models", odd)
    said: list[str] = []
    async with TestServer(app) as server:
        values = azure(str(server.make_url("")), "key")
        await tell_ends(Services(load_settings(None, values)), said.append)

    assert said == ["ok       models: the service does not tell when they end"]


def test_seeding_twice_adds_nothing(tmp_path: Path) -> None:
    url = f"sqlite:///{tmp_path}/shop.db"
    first, second = run("seed", DATABASE_URL=url), run("seed", DATABASE_URL=url)

    assert "50 customers, 200 orders" in first.stdout
    assert "Nothing to add" in second.stdout


def test_an_erasure_asks_before_it_does_anything_and_tells_what_it_did(shop_url: str) -> None:
    async def call() -> None:
        async with aclosing(Database(shop_url)) as database, Ledger(database, "call_1", "line") as ledger:
            ledger.write(CallerSpoke(text=CANARY))
            ledger.write(Ended(reason="goodbye"))

    asyncio.run(call())
    refused = run_in(ROOT, "erase", "--call", "call_1", typed="n\n", DATABASE_URL=shop_url)
    assert (refused.returncode, "call_1" in refused.stdout) == (2, True)
    assert CANARY in run("calls", "call_1", DATABASE_URL=shop_url).stdout

    done = run("erase", "--call", "call_1", "--yes", DATABASE_URL=shop_url)
    assert (done.returncode, done.stderr) == (0, "")
    assert "Erased: 1 calls: 1 events" in done.stdout
    assert CANARY not in run("calls", "call_1", DATABASE_URL=shop_url).stdout


@pytest.mark.parametrize(
    ("asked", "code", "words"),
    [
        ((), 2, "Name one of"),
        (("--call", "x", "--caller", "+447700900128"), 2, "Name one of"),
        (("--call", "x"), 2, "no call 'x'"),
        (("--caller", "somebody"), 2, "no phone number"),
        (("--account", "nobody@example.com"), 2, "no account"),
        (("--account", "10042"), 2, "no account"),
        (("--caller", "+447700900128"), 0, "0 calls: 0 events, 0 recordings, 0 callbacks"),
    ],
)
def test_an_erasure_of_what_is_not_there_says_so(shop_url: str, asked: tuple[str, ...], code: int, words: str) -> None:
    told = run("erase", "--yes", *asked, DATABASE_URL=shop_url)

    assert told.returncode == code
    assert words in told.stdout + told.stderr


@pytest.mark.parametrize(
    ("what", "code", "words"),
    [("10042", 0, "Nothing was held there."), ("+447700900999", 0, "Nothing was held there."), ("7", 2, "is no order")],
)
def test_unlock_says_what_it_did(shop_url: str, what: str, code: int, words: str) -> None:
    unlocked = run("unlock", what, DATABASE_URL=shop_url)

    assert unlocked.returncode == code
    assert words in unlocked.stdout + unlocked.stderr


def test_graph_shows_the_line_as_text_and_as_mermaid() -> None:
    shown = run("graph").stdout

    assert "support-line: starts with greeter" in shown
    assert "flowchart LR" in shown


@contextmanager
def simulating(*arguments: str, lines: int = 10) -> Iterator[list[str]]:
    """`main.py simulator`: the first lines that it prints."""
    command = [sys.executable, "-u", "main.py", "simulator", "--port", "0", *arguments]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    assert process.stdout
    try:
        yield [process.stdout.readline().strip() for _ in range(lines)]
        process.send_signal(signal.SIGINT)
        assert process.wait(timeout=20) == 0
    finally:
        process.kill()


@pytest.fixture
def running_simulator() -> Iterator[dict[str, str]]:
    """The settings that it prints."""
    with simulating() as (first, *lines):
        assert first.startswith("# The simulator listens at http://127.0.0.1:")
        yield dict(line.split("=", 1) for line in lines)


def test_the_simulator_alone_prints_settings_that_point_at_it(running_simulator: dict[str, str], shop_url: str) -> None:
    values = running_simulator
    url = values["AZURE_OPENAI_ENDPOINT"]
    with urllib.request.urlopen(f"{url}/health", timeout=10) as answer:
        assert json.load(answer) == {"open": 0, "opened": 0}

    checked = run("check", DATABASE_URL=shop_url, **values)
    assert checked.returncode == 0, checked.stdout
    called = run("console", "--text", DATABASE_URL=shop_url, **values)
    assert "greeter: " in called.stdout
    with urllib.request.urlopen(f"{url}/health", timeout=10) as answer:
        assert json.load(answer) == {"open": 0, "opened": 2}


async def test_the_simulator_does_as_its_options_say_and_can_be_controlled() -> None:
    options = ("--api-key", CANARY, "--deployment", "mine", "--fault", "refuse status=429", "--first-audio", "300/900")
    with simulating(*options, "--control", "0", lines=11) as printed:
        url = dict(line.split("=", 1) for line in printed[1:10])["AZURE_OPENAI_ENDPOINT"]
        control = re.sub(r"^# Control it at (\S+) .*", r"\1", printed[10])
        assert CANARY not in "\n".join(printed)
        async with aiohttp.ClientSession(headers={"api-key": CANARY}) as http:
            seen = [await _status(http, f"{url}/openai/v1/realtime?model={name}") for name in ("mine", "mine", "yours")]
            async with http.get(f"{control}/options") as answer:
                shown = await answer.json()

        assert seen == [429, 101, 404]
        assert (shown["api_key"], shown["deployments"]) == (True, ["mine"])
        assert shown["first_audio"] == {"p50": 0.3, "p95": 0.9}


async def _status(http: aiohttp.ClientSession, url: str) -> int:
    try:
        async with http.ws_connect(url):
            return 101
    except aiohttp.WSServerHandshakeError as refused:
        return refused.status


def test_the_simulators_help_lists_every_fault() -> None:
    shown = run("simulator", "--help").stdout

    assert all(re.search(rf"^ *{name}: ", shown, re.MULTILINE) for name in KNOWN)


@pytest.mark.parametrize(
    ("wrong", "complaint"),
    [
        ("--fault earthquake", "--fault: unknown fault 'earthquake'; known: cartesia_drop, "),
        ("--first-audio soon", "--first-audio soon: 'soon' is no number"),
        ("--pace 0", "--pace 0: nothing would ever be heard"),
        ("--port 1", "The simulator cannot listen: "),
    ],
)
def test_a_wrong_option_of_the_simulator_is_told_in_one_line(wrong: str, complaint: str) -> None:
    refused = run("simulator", *wrong.split(), *(() if "port" in wrong else ("--port", "0")), "--host", "192.0.2.1")

    assert refused.returncode == 2, refused.stderr
    assert refused.stderr.startswith(complaint)
    assert len(refused.stderr.splitlines()) == 1


def test_lk_agent_finds_the_server_in_main(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    for name, value in LIVEKIT.items():
        monkeypatch.setenv(name, value)

    assert get_import_data(path=Path("main.py")).app_name == "server"
    assert not hasattr(importlib.import_module("main"), "no_such_name")


def test_a_new_agent_takes_a_class_a_prompt_and_its_place_in_one_workflow(tmp_path: Path) -> None:
    """CONTRIBUTING.md, "Add an agent", done to the letter in a copy of the house."""
    house = tmp_path / "house"
    ignored = shutil.ignore_patterns(".venv", ".git", "var", "__pycache__", ".*_cache", "node_modules", "dist")
    shutil.copytree(ROOT, house, ignore=ignored)
    guide = (house / "CONTRIBUTING.md").read_text(encoding="utf-8")
    section = guide.split("## Add an agent")[1].split("\n## ")[0]
    for name, body in re.findall(r"`([\w/]+\.(?:py|md))`:\n\n```\w+\n(.*?)```", section, re.DOTALL):
        (house / name).write_text(body, encoding="utf-8")
    workflow = house / "workflows/support_line.py"
    for old, new in re.findall(r"```diff\n((?:-.*\n)+)((?:\+.*\n)+)```", section):
        before, after = (re.sub(r"^[-+]", "", text, flags=re.MULTILINE) for text in (old, new))
        text = workflow.read_text(encoding="utf-8")
        assert before in text
        workflow.write_text(text.replace(before, after), encoding="utf-8")

    url = f"sqlite:///{tmp_path}/shop.db"
    run_in(house, "migrate", DATABASE_URL=url)
    typed = "can you put me through to gifts please\nback to support please\n"
    called = run_in(house, "console", "--text", typed=typed, DATABASE_URL=url)

    assert "[handoff] greeter -> gifts" in called.stdout, called.stdout + called.stderr
    assert "\ngifts: " in called.stdout
    assert "[handoff] gifts -> support" in called.stdout
    assert run_in(house, "graph").stdout.count("gifts") >= 4
