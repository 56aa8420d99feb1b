"""A scenario's file: read, and checked against its line and the tables of the business."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from rehearsal.scenario import Called, Holds, Scenario
from simulator.strict_yaml import Document, YamlError
from simulator.strict_yaml import Path as Place
from switchboard.line.workflow import NamedTool, Workflow


class ScenarioError(Exception):
    """A file that is no scenario: where, and what to do about it."""


@dataclass(frozen=True)
class Play:
    """A scenario of a line."""

    line: Workflow
    file: Path
    scenario: Scenario
    name: str
    """Its folder and its file; of one that lies elsewhere, how it was named."""
    part: str = ""
    """Which one of its file it is, if that has several."""

    @property
    def short(self) -> str:
        """Its name without folders."""
        return f"{self.file.stem}:{self.part}" if self.part else self.file.stem

    @property
    def again(self) -> str:
        """What `main.py try` plays it by."""
        return f"{self.file} --line {self.line.name}" if self.part else self.name


Tables = Mapping[str, Collection[str]]
"""The columns of each table."""


def load(file: Path, line: Workflow, tables: Tables, name: str = "") -> Play:
    """The scenario in `file`, under its own name if no other is given.

    Raises `ScenarioError` with file and line for the first thing that is wrong.
    """
    with told(file):
        document = Document(file.read_text())
        scenario = document.read(Scenario)
        check(scenario, line, tables, document)
    return Play(line, file, scenario, name or f"{file.parent.name}/{file.stem}")


def line_named_in(file: Path) -> str | None:
    """The line that a scenario says it calls, be there one or not. Raises `ScenarioError`."""
    with told(file):
        return Document(file.read_text()).read(Scenario).line


@contextmanager
def told(file: Path) -> Iterator[None]:
    """What is wrong with a file is a `ScenarioError`, with the file and the line."""
    try:
        yield
    except YamlError as error:
        at = f":{error.line}" if error.line else ""
        raise ScenarioError(f"{file}{at}: {error.message}") from None
    except (OSError, UnicodeDecodeError) as error:
        raise ScenarioError(f"{file}: it cannot be read: {error}") from None


def check(scenario: Scenario, line: Workflow, tables: Tables, document: Document, at: Place = ()) -> None:
    """What a scenario names has to exist. It stands in `document`, at that place.

    Raises `YamlError` for the first thing that does not.
    """
    for place, kind, meant, known in _names(scenario, line, tables):
        if meant not in known:
            said = f"there is no {kind} `{meant}`; there are: {', '.join(sorted(known))}"
            raise YamlError(said, (*at, *place), document.line_of((*at, *place)))
    _check_memory(scenario, line, document, at)


def _check_memory(scenario: Scenario, line: Workflow, document: Document, at: Place) -> None:
    """What a result has the line remember has to be something that its state can have."""
    for number, result in enumerate(scenario.tools or ()):
        try:
            line.state.model_validate(line.state().model_dump() | result.remembers)
        except ValidationError as error:
            (first, *_) = error.errors(include_url=False)
            place = (*at, "tools", number, "remembers", *first["loc"])
            said = f"`{first['loc'][-1]}`: {first['msg'].lower()}"
            raise YamlError(said, place, document.line_of(place)) from None


Named = tuple[Place, str, str, Collection[str]]
"""A place in the file, and what is named there, of the names that exist."""


def _names(scenario: Scenario, line: Workflow, tables: Tables) -> Iterator[Named]:
    """A name that is mistyped would hold for ever: every name has to exist."""
    tools = {name for agent in line.agents for name in line.tool_names(agent)}
    agents, rules = {agent.name() for agent in line.agents}, {rule.name for rule in line.watched}
    for number, turn in enumerate(scenario.caller.says):
        if turn.during is not None:
            yield ("caller", "says", number, "during"), "tool", turn.during, tools
    if scenario.line is not None:
        yield ("line",), "line", scenario.line, {line.name}
    yield from _recorded(scenario, line)
    holds = scenario.holds
    for place, called in _called(holds):
        yield (*place, "tool"), "tool", called.tool, tools
        if called.by is not None:
            yield (*place, "by"), "agent", called.by, agents
    yield from ((("holds", "told", agent), "agent", agent, agents) for agent in holds.told)
    for key, kind, names, known in (
        ("never_calls", "tool", holds.never_calls, tools),
        ("agents", "agent", holds.agents or (), agents),
        ("strikes", "rule", holds.strikes, rules),
    ):
        yield from ((("holds", key, number), kind, name, known) for number, name in enumerate(names))
    yield from _columns(scenario, tables)


def _called(holds: Holds) -> Iterator[tuple[Place, Called]]:
    for number, called in enumerate(holds.calls):
        yield ("holds", "calls", number), called
    for turn, exchange in enumerate(holds.turns):
        for number, called in enumerate(exchange.calls):
            yield ("holds", "turns", turn, "calls", number), called


def _recorded(scenario: Scenario, line: Workflow) -> Iterator[Named]:
    """The engine's own tools, such as those that hand over, are never recorded."""
    tools = {tool.info.name for agent in line.agents for tool in agent.toolbox if isinstance(tool, NamedTool)}
    for number, result in enumerate(scenario.tools or ()):
        place = ("tools", number)
        yield (*place, "tool"), "tool", result.tool, tools
        yield from (((*place, "remembers", name), "field", name, line.state.model_fields) for name in result.remembers)


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
