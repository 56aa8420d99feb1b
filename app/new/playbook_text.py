"""A playbook that is added to as text: all that stands in it stays as it is, comments and spaces too."""

import json
import re
from collections.abc import Sequence

from app.new.names import examples_of, spoken
from app.new.refusal import RefusalError
from simulator.meaning import bare
from simulator.playbook_check import check
from simulator.playbook_format import Book
from simulator.strict_yaml import Document, YamlError

BLOCK = re.compile(r"\s*[\w'\"-]+:\s*(?:&\w+\s*)?(?:#.*)?$")
"""A key whose value begins on the next line."""


class PlaybookText:
    """The playbook `name` with the words `text`. Raises `RefusalError` where nothing can be added to it."""

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.text = text
        try:
            self.book = Document(text).read(Book)
        except YamlError as error:
            raise RefusalError(f"{name} cannot be used as it is: {error.message}. Mend it first.") from None

    def check(self) -> None:
        """Raises `RefusalError` when it is no playbook any more."""
        try:
            check(Document(self.text).read(Book))
        except YamlError as error:
            where = f"{self.name}:{error.line}" if error.line else self.name
            raise RefusalError(f"{where} would not be a playbook any more: {error.message}. Add it by hand.") from None

    def add_agent(self, agent: str, targets: Sequence[str]) -> None:
        """A section for a new agent, from which callers come to `targets`."""
        if agent in self.book.agents:
            raise RefusalError(f"{self.name} has a section for {agent} already: choose another name, or remove it.")
        lines = [f"{agent}:", "  opening:", f"    - say: [{_text(f'I can help with {spoken(agent)}. {ASK}')}]"]
        if targets:
            rules = [line for each in targets for line in self._rule(each, f"transfer_to_{each}")]
            lines += ["  turns:", *(f"    {line}" for line in rules)]
        if plans := list(self._plans(targets)):
            lines += ["  plans:", *(f"    {line}" for line in plans)]
        self._append("agents", ["", *lines])

    def add_edge(self, source: str, agent: str) -> None:
        """Who speaks of `agent` at `source` comes to it. An agent without a section finds it by its name."""
        if source in self.book.agents:
            self._add_rule(("agents", source, "turns"), self._rule(agent, f"transfer_to_{agent}"))

    def add_tool(self, agent: str, tool: str, about: str | None = None) -> None:
        """Who speaks of `tool` at `agent`, or of what it is `about`, has it called with their words."""
        rule = self._rule(about or tool, tool)
        self._add_rule(("agents", agent, "turns") if agent in self.book.agents else ("first",), rule)

    def _rule(self, name: str, tool: str) -> Sequence[str]:
        """The lines of a rule for those who speak of `name`. What means something else already is no example of it."""
        ours = examples_of(name)
        others = [examples for examples in self.book.meanings() if not set(examples) <= set(ours)]
        taken = {bare(each).casefold() for examples in others for each in examples}
        examples = [each for each in ours if bare(each).casefold() not in taken]
        if not examples:
            raise RefusalError(f"{self.name}: who says {ours[0]!r} means something else there: choose another name.")
        return ["- meant:", *(f"    - {each}" for each in examples), f"  call: {tool}"]

    def _plans(self, targets: Sequence[str]) -> list[str]:
        """What `targets` know their way through is theirs, the first one's first; general questions are not."""
        plans, taken = [], {name for name, topic in self.book.topics.items() if topic.vague or topic.aside}
        for target in targets:
            section = self.book.agents.get(target)
            theirs = [topic for plan in (section.plans if section else ()) for topic in plan.topics]
            if topics := [topic for topic in dict.fromkeys(theirs) if topic not in taken]:
                plans += [f"- topics: [{', '.join(topics)}]", "  steps:", f"    - call: transfer_to_{target}"]
                taken.update(topics)
        return plans

    def _add_rule(self, path: Sequence[str], rule: Sequence[str]) -> None:
        """Before the other rules there: it is about special words."""
        indented = [f"  {line}" for line in rule]
        if self._line(path) is not None:
            return self._insert(path, rule)
        if len(path) > 1:
            return self._insert(path[:-1], [f"{path[-1]}:", *indented])
        self.text = "\n".join([self.text.rstrip(), "", f"{path[0]}:", *indented, ""])
        return None

    def _line(self, path: Sequence[str]) -> int | None:
        """The line of the key that `path` leads to, counted from 0; None: there is none."""
        line = Document(self.text).line_of(path)
        found = line is not None and re.match(rf"\s*['\"]?{path[-1]}['\"]?:", self.text.split("\n")[line - 1])
        return line - 1 if found and line else None

    def _insert(self, path: Sequence[str], added: Sequence[str]) -> None:
        """Lines before the first one below a key."""
        lines = self.text.split("\n")
        place = self._below(path, lines)
        indent = _indent(lines[place])
        self.text = "\n".join([*lines[:place], *(_indented(line, indent) for line in added), *lines[place:]])

    def _append(self, key: str, added: Sequence[str]) -> None:
        """Lines at the end of what is below a key at the top."""
        lines = self.text.split("\n")
        first = self._below((key,), lines)
        indent = _indent(lines[first])
        ours = [at for at in range(first, self._end(first, lines)) if lines[at].strip() and _indent(lines[at])]
        place = max(ours) + 1
        self.text = "\n".join([*lines[:place], *(_indented(line, indent) for line in added), *lines[place:]])

    def _below(self, path: Sequence[str], lines: Sequence[str]) -> int:
        line = self._line(path)
        if line is None or not BLOCK.match(lines[line]):
            raise RefusalError(f"{self.name}: `{path[-1]}` and what is in it have to stand on lines of their own.")
        return next(at for at in range(line + 1, len(lines)) if lines[at].strip() and lines[at].lstrip()[0] != "#")

    def _end(self, first: int, lines: Sequence[str]) -> int:
        """Where the next key at the top stands."""
        tops = (at for at in range(first, len(lines)) if re.match(r"[^\s#]", lines[at]))
        return next(tops, len(lines))


ASK = "What would you like to know?"


def _text(words: str) -> str:
    return json.dumps(words, ensure_ascii=False)


def _indent(line: str) -> int:
    return len(line) - len(line.lstrip())


def _indented(line: str, indent: int) -> str:
    return f"{' ' * indent}{line}" if line else ""
