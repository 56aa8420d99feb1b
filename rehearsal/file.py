"""A scenario's file: read, and checked against its line and the tables of the business."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from rehearsal.scenario import Scenario
from simulator.strict_yaml import Document, YamlError
from simulator.strict_yaml import Path as Place
from switchboard.line.workflow import Workflow


class ScenarioError(Exception):
    """A file that is no scenario: where, and what to do about it."""


@dataclass(frozen=True)
class Play:
    """A scenario of a line."""

    line: Workflow
    file: Path
    scenario: Scenario

    @property
    def name(self) -> str:
        """Its folder and its file."""
        return f"{self.file.parent.name}/{self.file.stem}"


Tables = Mapping[str, Collection[str]]
"""The columns of each table."""


def load(file: Path, line: Workflow, tables: Tables) -> Play:
    """The scenario in `file`. Raises `ScenarioError` with file and line for the first thing that is wrong."""
    try:
        document = Document(file.read_text())
        scenario = document.read(Scenario)
        for place, kind, name, known in _names(scenario, line, tables):
            if name not in known:
                said = f"there is no {kind} `{name}`; there are: {', '.join(sorted(known))}"
                raise YamlError(said, place, document.line_of(place))
    except YamlError as error:
        at = f":{error.line}" if error.line else ""
        raise ScenarioError(f"{file}{at}: {error.message}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file}: it cannot be read: {error}") from None
    return Play(line, file, scenario)


Named = tuple[Place, str, str, Collection[str]]
"""A place in the file, and what is named there, of the names that exist."""


def _names(scenario: Scenario, line: Workflow, tables: Tables) -> Iterator[Named]:
    """A name that is mistyped would hold for ever: every name has to exist."""
    tools = {name for agent in line.agents for name in line.tool_names(agent)}
    agents, rules = {agent.name() for agent in line.agents}, {rule.name for rule in line.watched}
    for number, turn in enumerate(scenario.caller.says):
        if turn.during is not None:
            yield ("caller", "says", number, "during"), "tool", turn.during, tools
    holds = scenario.holds
    for number, called in enumerate(holds.calls):
        yield ("holds", "calls", number, "tool"), "tool", called.tool, tools
        if called.by is not None:
            yield ("holds", "calls", number, "by"), "agent", called.by, agents
    yield from ((("holds", "told", agent), "agent", agent, agents) for agent in holds.told)
    for key, kind, names, known in (
        ("never_calls", "tool", holds.never_calls, tools),
        ("agents", "agent", holds.agents or (), agents),
        ("strikes", "rule", holds.strikes, rules),
    ):
        yield from ((("holds", key, number), kind, name, known) for number, name in enumerate(names))
    yield from _columns(scenario, tables)


def _columns(scenario: Scenario, tables: Tables) -> Iterator[Named]:
    for number, change in enumerate(scenario.before):
        key = "change" if change.change else "add" if change.add else "remove"
        yield from _table(("before", number), key, change.table, {"where": change.where, "to": change.to}, tables)
    for number, rows in enumerate(scenario.holds.rows):
        parts: Parts = {"where": rows.where, "has": rows.has}
        yield from _table(("holds", "rows", number), "table", rows.table, parts, tables)


Parts = Mapping[str, Mapping[str, object]]
"""Columns with what stands in them, by the keys that they stand under."""


def _table(place: Place, key: str, table: str, parts: Parts, tables: Tables) -> Iterator[Named]:
    yield (*place, key), "table", table, tables
    for part, columns in parts.items():
        yield from (((*place, part, name), "column", name, tables.get(table, ())) for name in columns)
