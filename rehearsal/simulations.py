"""LiveKit's own `scenarios.yaml`, which `lk agent simulate --scenarios` reads: what of it is played without a model.

The format is that of livekit-cli 2.18.3 (`scenariosFile` in cmd/lk/simulate.go), of `ScenarioGroup` and `Scenario` in
`livekit.protocol.agent_simulation`, and of docs.livekit.io/testing/simulations/write-a-scenario, which adds the ids.
`instructions` are prose for the model that plays the caller, `agent_expectations` for the one that judges. `userdata`
is whatever the agent's own code reads: under its key `switchboard` a scenario of ours can stand, and that is played.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated

from pydantic import BeforeValidator, ConfigDict, Field

from rehearsal.file import Play, Tables, check, told
from rehearsal.scenario import Scenario
from simulator.strict_yaml import Document, Part
from switchboard.line.workflow import Workflow
from switchboard.text import visible

OPENING = re.compile(r'^\s*OPENING LINE[^:"\n]*:\s*"([^"]+)"', re.MULTILINE)
"""The caller's first words, which LiveKit's examples (livekit/agents, examples/) have as they are said."""
SOME_WORDS = "What the caller says."


def _described_elsewhere(scenario: object) -> object:
    return {"about": "", **scenario} if isinstance(scenario, dict) else scenario


class Userdata(Part):
    """What the agent's own code reads; all but one key is somebody else's."""

    model_config = ConfigDict(extra="allow")

    switchboard: Annotated[Scenario, BeforeValidator(_described_elsewhere)] | None = None
    """Without `about`, it is about the label."""


class Simulation(Part):
    """A caller of LiveKit's."""

    id: str | None = None
    label: str = ""
    instructions: str = ""
    agent_expectations: str = ""
    tags: dict[str, object] | None = None
    userdata: Userdata | None = None


class Simulations(Part):
    """A whole file."""

    id: str | None = None
    name: str = ""
    scenarios: tuple[Simulation, ...] = Field(min_length=1)


@dataclass(frozen=True)
class Unplayed:
    """A scenario of LiveKit's that needs a model."""

    name: str
    """File, line and label."""
    opening: str
    """The caller's first words; empty if they are not written down."""

    @property
    def why(self) -> str:
        """Why it is not played, and what to write for it to be."""
        words = json.dumps(self.opening or SOME_WORDS, ensure_ascii=False)
        ours = f"switchboard: {{caller: {{says: [{words}]}}, holds: {{}}}}"
        return visible(f"a model has to play and judge it. To play it here, begin with this in its userdata: {ours}")


def holds_simulations(file: Path) -> bool:
    """Whether a file is one of LiveKit's, and none of ours. Raises `ScenarioError`."""
    with told(file):
        return "scenarios" in Document(file.read_text()).keys


def load_simulations(file: Path, line: Workflow, tables: Tables) -> Sequence[Play | Unplayed]:
    """What stands in a file of LiveKit's, as calls of `line`, in its order.

    Raises `ScenarioError` with file and line for the first thing that is wrong.
    """
    with told(file):
        document = Document(file.read_text())
        read = document.read(Simulations).scenarios
        return [_read(file, line, tables, document, number, each) for number, each in enumerate(read)]


def _read(
    file: Path, line: Workflow, tables: Tables, document: Document, number: int, simulation: Simulation
) -> Play | Unplayed:
    place = ("scenarios", number)
    part = visible(f"{document.line_of(place)} {simulation.label}".rstrip())
    ours = simulation.userdata.switchboard if simulation.userdata else None
    if ours is None:
        return Unplayed(f"{file}:{part}", _opening(simulation.instructions))
    check(ours, line, tables, document, (*place, "userdata", "switchboard"))
    described = ours.model_copy(update={"about": ours.about or simulation.label})
    return Play(line, file, described, f"{file}:{part}", part)


def _opening(instructions: str) -> str:
    found = OPENING.search(instructions)
    return " ".join(found[1].split()) if found else ""
