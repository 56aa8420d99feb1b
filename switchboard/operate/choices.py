"""What a list of calls can be filtered by: the lines, their agents, and the rules."""

from collections.abc import Iterable
from typing import Any

from switchboard.line.workflow import Workflow


def choices(lines: Iterable[Workflow]) -> dict[str, Any]:
    """As `Choices` of web/src/operate/types.ts. A rule that several lines have stands there once."""
    lines = list(lines)
    rules = {rule.name: rule for line in lines for rule in line.watched}
    return {
        "lines": [line_map(line) for line in lines],
        "rules": [{"rule": rule.name, "sentence": rule.sentence} for rule in rules.values()],
    }


def line_map(line: Workflow) -> dict[str, Any]:
    """A line as `LineMap`: who hands callers to whom. The first agent is the one with whom calls start."""
    return {
        "name": line.name,
        "agents": [_shown(line, agent.name()) for agent in line.agents],
        "places": [_shown(line, place.id) for place in line.places],
        "handoffs": [[agent.name(), edge.target.name()] for agent in line.agents for edge in line.edges(agent)],
    }


def _shown(line: Workflow, name: str) -> dict[str, Any]:
    face = line.faces[name]
    return {"id": name, "label": face.label, "colour": face.colour}
