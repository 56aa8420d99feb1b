"""`main.py try --live`, with a simulator of its own as the real service."""

import asyncio
import json
from collections.abc import Mapping
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

import app.live_rehearsals
import app.rehearsals
from app.playbooks import playbook_of
from app.simulator import simulator_settings
from main import cli
from simulator.mind import Mind, Reply, Request, Say
from simulator.options import Options
from simulator.server import Simulator
from switchboard.settings.environment import load_settings
from workflows.support_line import SUPPORT_LINE

GREETED = """\
about: Who only says goodbye is let go, in whatever words.
caller: {says: [Goodbye then.]}
holds: {says: [nobody says this], told: {greeter: [no prompt says this]}, strikes: [no_person], ended: goodbye}
"""
MOON = """\
about: Nobody is told of the man in the moon.
caller: {says: [What about the moon, Goodbye then.]}
holds: {never_says: [man in the moon], ended: goodbye}
"""
FAULT = GREETED.replace("holds:", "faults: [{name: drop}]\nholds:")
SPOKEN = GREETED.replace("[Goodbye then.]", "[{silent: 1}]")


class Moody:
    """Answers as another mind does, and who asks of the moon in every other call as they should not."""

    def __init__(self, mind: Mind) -> None:
        self._mind = mind
        self._asked: dict[str, int] = {}

    def answer(self, request: Request) -> Reply:
        """To the last item."""
        if not request.items or "moon" not in request.items[-1].text:
            return self._mind.answer(request)
        number = self._asked.setdefault(request.session_id, len(self._asked))
        return [Say("There is a man in the moon." if number % 2 else "It is far away.")]

    def hear(self, session_id: str) -> str | None:
        """Nothing."""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """The scenarios of the support line, which are none yet."""
    monkeypatch.setattr(app.rehearsals, "SCENARIOS", tmp_path)
    (tmp_path / "support_line").mkdir()
    return tmp_path / "support_line"


def settle(monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]) -> None:
    """These are the settings of the process."""
    monkeypatch.setattr(app.live_rehearsals, "settings", lambda: load_settings(None, values))


def tried(*arguments: str) -> Result:
    return CliRunner().invoke(cli, ["try", "--live", *arguments])


async def test_it_tells_how_often_each_passes_and_where_that_rate_lies_and_keeps_nothing(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (folder / "greeted.yaml").write_text(GREETED)
    (folder / "moon.yaml").write_text(MOON)
    (folder / "lost.yaml").write_text(FAULT)
    async with Simulator(Moody(playbook_of(SUPPORT_LINE))) as service:
        settle(monkeypatch, simulator_settings(service.url) | {"TAPES_FOLDER": str(tmp_path / "tapes")})

        result = await asyncio.to_thread(tried, "--times", "2", "--json")
        lenient = await asyncio.to_thread(tried, "moon", "--times", "2", "--at-least", "0.5")

    assert (result.exit_code, lenient.exit_code) == (1, 0), result.output + lenient.output
    assert not (tmp_path / "tapes").exists()
    lines = result.output.splitlines()
    assert lines[0] == f"ok       realtime model at 127.0.0.1:{service.port}"
    assert lines[1].startswith("Holds 4 calls of 2 scenarios with gpt-realtime-2.1 of azure at 127.0.0.1, 4 at a time")
    told = [" ".join(line.split()) for line in lines]
    assert "support_line/greeted 2 of 2 passed, 100 % (34 to 100 %)" in told
    assert "support_line/moon 1 of 2 passed, 50 % (9 to 91 %)" in told
    assert sum("never says /man in the moon/" in line for line in lines) == 1
    assert "Again: main.py try support_line/moon --live" in lines
    assert any(line.startswith("2 scenarios, 4 calls: 3 of 4 passed, 75 % (30 to 95 %), in ") for line in lines)
    assert any(line.startswith("Costs: ") and "USD" in line for line in lines)
    assert "1 more need the simulator's faults, or sound: main.py try, or main.py try --voice" in lines
    assert {**json.loads(lines[-1]), "seconds": 0} == {
        "scenarios": 2,
        "passed": 1,
        "failed": ["support_line/moon"],
        "seconds": 0,
        "calls": 4,
        "rate": 0.75,
        "interval": [0.301, 0.954],
    }


@pytest.mark.parametrize("values", [{}, {"REALTIME_PROVIDER": "simulator"}, {"SIMULATOR_URL": "http://127.0.0.1:9"}])
def test_without_a_real_service_it_is_told_which_settings_name_one(
    folder: Path, monkeypatch: pytest.MonkeyPatch, values: Mapping[str, str]
) -> None:
    (folder / "greeted.yaml").write_text(GREETED)
    settle(monkeypatch, values)

    result = tried()

    assert (result.exit_code, result.stderr) == (2, f"{app.live_rehearsals.NO_SERVICE}\n")


@pytest.mark.parametrize(
    ("scenario", "lacks", "how"),
    [
        (FAULT, "has faults, which are the simulator's", "main.py try"),
        (SPOKEN, "takes sound", "main.py try --voice"),
    ],
)
def test_what_a_real_service_cannot_be_tried_with_is_refused_before_anything_is_paid(
    folder: Path, monkeypatch: pytest.MonkeyPatch, scenario: str, lacks: str, how: str
) -> None:
    (folder / "one.yaml").write_text(scenario)
    settle(monkeypatch, simulator_settings("http://127.0.0.1:9"))

    result = tried("one")

    assert result.exit_code == 2
    assert f"support_line/one {lacks}" in result.stderr
    assert result.stderr.endswith(f"Leave --live out: {how} support_line/one\n")
    assert "Holds" not in result.output


async def test_nothing_is_held_with_a_service_that_refuses(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "greeted.yaml").write_text(GREETED)
    async with Simulator(playbook_of(SUPPORT_LINE), Options(api_key="right")) as service:
        settle(monkeypatch, simulator_settings(service.url))

        result = await asyncio.to_thread(tried)

    assert result.exit_code == 2
    assert "401: the key or the token is not accepted; set AZURE_OPENAI_API_KEY" in result.output
    assert "Holds" not in result.output


def test_without_a_scenario_there_is_no_rate(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    settle(monkeypatch, simulator_settings("http://127.0.0.1:9"))

    result = tried()

    assert (result.exit_code, "there is no scenario to hold" in result.stderr) == (2, True)


def test_it_is_not_spoken() -> None:
    result = tried("--voice")

    assert (result.exit_code, "Leave --voice out." in result.stderr) == (2, True)
