"""The playbooks of lines, read, and compared with the agents and tools that the lines have."""

from app.process import fail
from simulator.playbook import Playbook, PlaybookError, read_book
from simulator.playbook_format import Book
from switchboard.line.workflow import Workflow

BRIEFING, OF_BRIEFING = "briefing", frozenset({"accept_caller", "decline_caller"})
"""Who talks with a person that is rung, and their tools (`switchboard/transfer/briefing.py`)."""


def problem_of(line: Workflow) -> str | None:
    """Why `line` could not go by its playbook; None: it can, or has none."""
    if line.playbook is None:
        return None
    try:
        _read(line)
    except PlaybookError as error:
        return str(error)
    return None


def require_playbook(line: Workflow) -> None:
    """Exits with 2 when `line` has none."""
    if line.playbook is None:
        fail(f"The line {line.name} has no playbook, so the simulator cannot play it. Set REALTIME_PROVIDER.")


def playbook_of(line: Workflow) -> Playbook:
    """The playbook of `line`, ready to understand callers. Exits with 2 when it has none, or one that is wrong."""
    playbook = cold_playbook_of(line)
    playbook.warm()
    return playbook


def cold_playbook_of(line: Workflow) -> Playbook:
    """The same, before it is warm."""
    require_playbook(line)
    try:
        return Playbook(_read(line))
    except PlaybookError as error:
        fail(f"line {line.name}: {error}")


def _read(line: Workflow) -> Book:
    agents = {BRIEFING, *(agent.name() for agent in line.agents)}
    tools = OF_BRIEFING.union(*(line.tool_names(agent) for agent in line.agents))
    return read_book(line.playbook or "", agents, tools)
