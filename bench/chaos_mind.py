"""A model that answers everything it owes, in order, and does literally what it is told."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from simulator.mind import CallTool, Item, Reply, Request, Say
from simulator.sentences import CUT, EXACTLY

LINE = re.compile(
    r"Please (?:(?P<ask>tell me about)|(?P<find>find)|(?P<search>search for)|(?P<open_ticket>open a ticket about)"
    r"|put me through to (?P<target>\w+) about) (?P<tag>\w+)\."
)
TOLD = "Of {tag} there is this to tell: it came over two rivers, and all is well. {end}"
BROUGHT = "Here is what came of {tag}. {result} {end}"
ARRIVED = "This is {agent}, and I have read of {tag}. {end}"
NOT_THROUGH = "You are still with {agent}, in spite of {tag}. {end}"
END = "That was {tag}."
LET_ME_SEE, FAREWELL = "Let me see that for you.", "I pass you on, goodbye."
HERE = "This is {agent}."
WELCOME = "Welcome to the line, how can I help you?"


@dataclass(frozen=True)
class Asked:
    """A line of the caller's, and what has come of it."""

    tag: str
    tool: str | None
    target: str | None
    since: Sequence[Item]
    """All that came after it."""

    @property
    def answered(self) -> bool:
        """Whether an agent has spoken of it, to the end."""
        return ends(" ".join(item.text.strip() for item in self.since if item.role == "assistant"), self.tag)

    @property
    def call(self) -> Item | None:
        """The tool's call that it led to."""
        calls = (item for item in self.since if item.type == "function_call")
        return next((call for call in calls if self._is_ours(call)), None)

    @property
    def result(self) -> str | None:
        """What the tool brought: "" if it put the caller through."""
        call = self.call
        outputs = (item for item in self.since if item.type == "function_call_output")
        found = next((item.output for item in outputs if call and item.call_id == call.call_id), None)
        return found and found.splitlines()[0]

    def _is_ours(self, call: Item) -> bool:
        if self.target:
            return call.name == f"transfer_to_{self.target}"
        return call.name == self.tool and mentions(call.arguments or "", self.tag)


class Teller:
    """See the module. It remembers what it was asked."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def answer(self, request: Request) -> Reply:
        """All that is owed, or exactly what it is told to say."""
        self.requests.append(request)
        if exactly := EXACTLY.match(request.extra):
            return [Say(exactly[1])]
        agent = _agent_of(request)
        if cut := CUT.search(request.extra):
            return _rest(agent, request.items, cut["heard"].strip())
        return _owed(agent, request.items)

    def hear(self, session_id: str) -> None:  # noqa: ARG002 - the protocol's
        """Somebody else understands what is said."""
        return


def mentions(text: str, tag: str) -> bool:
    """Whether it speaks of that."""
    return re.search(rf"\b{tag}\b", text) is not None


def ends(text: str, tag: str) -> bool:
    """Whether all is said of that."""
    return END.format(tag=tag) in text


def _owed(agent: str, items: Sequence[Item]) -> Reply:
    """Until the first tool, whose result is answered with what comes after."""
    words: list[str] = []
    for asked in _open(items):
        said, call = _step(agent, asked)
        words += said
        if call:
            return [*_said(words), call]
    spoken = any(item.type == "message" for item in items)
    return _said(words) or [Say(HERE.format(agent=agent) if spoken else WELCOME)]


def _said(words: Sequence[str]) -> list[Say]:
    return [Say(" ".join(words))] if words else []


def _open(items: Sequence[Item]) -> Iterator[Asked]:
    for place, item in enumerate(items):
        for line in LINE.finditer(item.text) if item.role == "user" else ():
            tool = next((kind for kind in ("find", "search", "open_ticket") if line[kind]), None)
            asked = Asked(line["tag"], tool, line["target"], items[place + 1 :])
            if not asked.answered:
                yield asked


def _step(agent: str, asked: Asked) -> tuple[list[str], CallTool | None]:
    """What comes next for one line."""
    end = END.format(tag=asked.tag)
    if asked.target == agent:
        return [ARRIVED.format(agent=agent, tag=asked.tag, end=end)], None
    if asked.result is not None:
        told = NOT_THROUGH.format(agent=agent, tag=asked.tag, end=end)
        return [told if asked.target else BROUGHT.format(tag=asked.tag, result=asked.result, end=end)], None
    if asked.call:  # it runs
        return [], None
    talks = int(re.sub(r"\D", "", asked.tag) or 0) % 2 == 0
    if asked.target:
        return [FAREWELL] if talks else [], CallTool(f"transfer_to_{asked.target}", {})
    if asked.tool:
        return [LET_ME_SEE] if talks else [], CallTool(asked.tool, {"thing": asked.tag})
    return [TOLD.format(tag=asked.tag, end=end)], None


def _rest(agent: str, items: Sequence[Item], heard: str) -> Reply:
    """What it would have said and done, without what was heard of it."""
    end = len(items)
    while True:
        whole = _owed(agent, items[:end])
        spoken = " ".join(part.text for part in whole if isinstance(part, Say))
        if spoken.startswith(heard):
            rest = spoken.removeprefix(heard).strip()
            calls = [part for part in whole if isinstance(part, CallTool)]
            return [*([Say(rest)] if rest else []), *calls] or [Say(HERE.format(agent=agent))]
        if not end or items[end - 1].role != "assistant":
            return _owed(agent, items)
        end -= 1


def _agent_of(request: Request) -> str:
    named = re.match(r"You are `(\w+)`", request.instructions)
    return named[1] if named else "nobody"
