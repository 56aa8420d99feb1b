"""What docs/simulator.md shows can be done as it stands there."""

from __future__ import annotations

import json
import re
from pathlib import Path

from simulator.fault_kinds import KNOWN
from simulator.fault_text import fault_from, fault_of
from simulator.options import Options
from simulator.options_text import options_given
from simulator.script import Script

TEXT = (Path(__file__).parents[2] / "docs" / "simulator.md").read_text(encoding="utf-8")


def test_every_fault_is_in_the_table_with_its_moment_and_settings() -> None:
    rows = {row[1].strip("`"): row for line in TEXT.splitlines() if len(row := re.split(r" *\| *", line)) == 6}

    assert rows.keys() - {"Fault", "---"} == KNOWN.keys()
    for name, kind in KNOWN.items():
        _, _, says, at, settings, _ = rows[name]
        assert (says, at.strip("`")) == (kind.says, kind.at or "")
        assert re.findall(r"`(\w+)`", settings) == list(kind.settings)


def test_the_faults_of_the_command_line_are_faults() -> None:
    faults = [fault_of(words) for words in re.findall(r'--fault "([^"]+)"', TEXT)]
    assert {fault.name for fault in faults} == {"drop", "stall"}


def test_what_the_control_api_is_given_is_what_it_takes() -> None:
    given = [(path, json.loads(body)) for path, body in re.findall(r"8090(/\w+) --json '(.+?)'", TEXT)]
    faults = [fault_from(body) for path, body in given if path == "/faults"]
    options = [options_given(body) for path, body in given if path == "/options"]

    assert [fault.name for fault in faults] == ["drop", "half_open"]
    assert len(options) == 2


def test_the_script_can_be_used() -> None:
    (script,) = re.findall(r"```yaml\n(.*?)```", TEXT, re.DOTALL)
    assert Script.load(script).hear("s1") == "where is my order"


def test_the_options_that_differ_exist() -> None:
    differs = TEXT.split("## What differs")[1]
    named = {"semantic_vad_deaf", "truncation_inert", "context_tokens", "error_codes", "conversation_created"}

    assert named <= set(re.findall(r"`(\w+)`", differs))
    assert all(hasattr(Options(), name) for name in named)
