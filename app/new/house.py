"""The lines of the house as their files have them."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from app.new.change import Change
from app.new.playbook_text import PlaybookText
from app.new.refusal import RefusalError
from app.new.source import Source
from switchboard.line.workflow import AgentType, Workflow


@dataclass(frozen=True)
class House:
    """The folder with the project, and the lines that it declares."""

    root: Path
    lines: tuple[Workflow, ...]

    def line(self, name: str) -> Workflow:
        """A line by name. Raises `RefusalError`."""
        found = next((line for line in self.lines if line.name == name), None)
        if found is None:
            raise RefusalError(f"There is no line {name!r}. Lines: {_listed(line.name for line in self.lines)}.")
        return found

    def agent(self, name: str, line: str | None) -> AgentType:
        """An agent of `line`, or of whichever has one of that name. Raises `RefusalError`."""
        lines = self.lines if line is None else (self.line(line),)
        found = {agent: each.name for each in lines for agent in each.agents if agent.name() == name}
        if not found:
            names = dict.fromkeys(agent.name() for each in lines for agent in each.agents)
            raise RefusalError(f"There is no agent {name!r}. Agents: {_listed(names)}.")
        if len(found) > 1:
            raise RefusalError(f"Several lines have an agent {name}: add --line, one of {_listed(found.values())}.")
        return next(iter(found))

    def lines_with(self, agent: AgentType) -> list[Workflow]:
        """Those that have the agent, the first one first."""
        return [line for line in self.lines if agent in line.agents]

    def workflow_file(self, line: Workflow, change: Change) -> tuple[str, Source]:
        """The file that makes `line`. Raises `RefusalError`."""
        for path in sorted((self.root / "workflows").glob("*.py")):
            file = self.path_of(path)
            source = Source(file, change.read(file))
            if source.has_line(line.name):
                return file, source
        raise RefusalError(f'No file of workflows/ has a Workflow(name="{line.name}", ...): write its edges by hand.')

    def playbook(self, line: Workflow, change: Change) -> PlaybookText | None:
        """What `line` goes by offline; None: it has none. Raises `RefusalError`."""
        if line.playbook is None:
            return None
        file = f"workflows/{line.playbook.name}"
        return PlaybookText(file, change.read(file))

    def path_of(self, path: Path) -> str:
        """A path in the house."""
        return path.relative_to(self.root).as_posix()


def prompt_of(agent: AgentType) -> str:
    """The file of its prompt, in the house."""
    *folders, _ = agent.__module__.split(".")
    return "/".join([*folders, agent.prompt_file().name])


def _listed(names: Iterable[str]) -> str:
    return ", ".join(names)
