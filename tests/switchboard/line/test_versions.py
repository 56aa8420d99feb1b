"""What a line is made of is told by hashes: they change with it, and with nothing else."""

import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from livekit.agents import function_tool
from pydantic import BaseModel

from app.lines import LINES
from switchboard.ledger.events import Answered
from switchboard.line.voices import AzureVoice
from switchboard.line.words import Words
from switchboard.line.workflow import Handoff, Workflow
from tests.stage.agents import Desk, Lobby, Reception, Studio, look_up
from tests.stage.stage import LINE, staged, with_line

SUPPORT_LINE = LINES["support-line"]


def changed(before: Mapping[str, str], after: Mapping[str, str]) -> set[str]:
    return {name for name in before.keys() | after.keys() if before.get(name) != after.get(name)}


def test_each_prompt_each_tool_and_the_workflow_has_one() -> None:
    assert LINE.versions.keys() == {
        "workflow",
        "prompt:reception",
        "prompt:desk",
        "prompt:studio",
        "prompt:lobby",
        "tool:look_up",
        "tool:write_down",
    }
    assert all(len(version) == 12 and version.isalnum() for version in LINE.versions.values())
    assert len(set(LINE.versions.values())) == len(LINE.versions)


def test_they_are_the_same_in_every_process() -> None:
    program = "from app.lines import LINES; print(sorted(LINES['support-line'].versions.items()))"
    told = subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout
    assert told.strip() == str(sorted(SUPPORT_LINE.versions.items()))


class Remembered(BaseModel):
    order: int | None = None


@pytest.mark.parametrize(
    "other",
    [
        with_line(voices={Studio: AzureVoice("coral")}),
        with_line(max_handoffs=3),
        with_line(state=Remembered),
        with_line(words=Words(moment="A moment.")),
        with_line(secrets=frozenset({"code"})),
        with_line(handoffs={**LINE.handoffs, Reception: (Desk, Studio, Handoff(Lobby, announce="Wait here."))}),
        with_line(handoffs={**LINE.handoffs, Lobby: (Reception, Desk)}),
    ],
    ids=["a voice", "a limit", "the state", "words", "secrets", "an announcement", "an edge"],
)
def test_a_change_of_the_graph_changes_the_workflow_and_nothing_else(other: Workflow) -> None:
    assert changed(LINE.versions, other.versions) == {"workflow"}


def test_the_same_line_made_anew_has_the_same_ones() -> None:
    assert replace(LINE).versions == LINE.versions


def test_a_changed_prompt_changes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "prompt", classmethod(lambda cls: "Say nothing."))
    assert changed(LINE.versions, replace(LINE).versions) == {"prompt:desk"}


def test_a_changed_opening_changes_the_workflow(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Desk, "opening", "Say nothing.")
    assert changed(LINE.versions, replace(LINE).versions) == {"workflow"}


def test_a_tool_whose_manual_or_arguments_change_changes_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    @function_tool
    async def write_down(thing: str, twice: bool) -> str:
        """Write a thing down, perhaps twice."""
        return f"{thing} {twice}"

    monkeypatch.setattr(Reception, "toolbox", (look_up, write_down))
    assert changed(LINE.versions, replace(LINE).versions) == {"tool:write_down"}


def test_no_file_of_this_machine_is_in_them() -> None:
    here = replace(SUPPORT_LINE, playbook=Path("/elsewhere") / (SUPPORT_LINE.playbook or Path()).name)
    assert here.versions == SUPPORT_LINE.versions


async def test_a_call_tells_which_ones_it_ran_with(database_url: str) -> None:
    async with staged(database_url, typed=True) as stage:
        (answered,) = stage.of(Answered)

    assert answered.versions == LINE.versions
