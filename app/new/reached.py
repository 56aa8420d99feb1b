"""What a caller says, offline, to come from a line's first agent to another one."""

import re
from collections.abc import Iterator, Sequence

from app.new.names import spoken
from simulator.mind import CallTool, Item, Mind, Request, Tool
from switchboard.line.workflow import AgentType, Workflow, transfer_name

ASKED = "How can I help you?"
WORDS = (
    (re.compile(r"(?:the caller )?(?:asks|has a question) about (.+)"), r"I have a question about \1"),
    (re.compile(r"(?:the caller )?wants (.+)"), r"I want \1"),
    (re.compile(r"(?:the caller )?is (.+)"), r"I am \1"),
)
"""How a caller says what stands in an agent's `purpose`; who asks for a person has to be given one, by the rules."""


def words_to(line: Workflow, agent: AgentType, mind: Mind) -> Sequence[str] | None:
    """Their turns, one for each agent on the way. None: nothing that is tried with the line's `mind` leads there."""
    ways: dict[AgentType, tuple[str, ...]] = {line.start: ()}
    waiting = [line.start]
    while waiting and agent not in ways:
        source = waiting.pop(0)
        for target in (edge.target for edge in line.edges(source)):
            if target not in ways and (words := _leading(line, source, target, mind)):
                ways[target] = (*ways[source], words)
                waiting.append(target)
    return ways.get(agent)


def _leading(line: Workflow, source: AgentType, target: AgentType, mind: Mind) -> str | None:
    """What has `source` hand a caller over to `target`."""
    return next((words for words in _tried(target) if _leads(line, source, target, mind, words)), None)


def _tried(agent: AgentType) -> Iterator[str]:
    yield f"Can I talk to {spoken(agent.name())}, please?"
    for part in re.split(r", or |, | or ", agent.purpose.rstrip(".")):
        for pattern, words in WORDS:
            if found := pattern.fullmatch(part[:1].lower() + part[1:]):
                yield found.expand(words)


def _leads(line: Workflow, source: AgentType, target: AgentType, mind: Mind, words: str) -> bool:
    edges = [Tool(transfer_name(edge.target), edge.target.purpose, NO_ARGUMENTS) for edge in line.edges(source)]
    items = (_message("assistant", ASKED), _message("user", words))
    instructions = f"You are `{source.name()}` on the line `{line.name}`."
    reply = mind.answer(Request(instructions, "", tuple(edges), items, "text", ""))
    return any(isinstance(part, CallTool) and part.name == transfer_name(target) for part in reply)


NO_ARGUMENTS = {"type": "object", "properties": {}, "required": []}


def _message(role: str, text: str) -> Item:
    return Item(role, "message", role, text, None, None, None, None)
