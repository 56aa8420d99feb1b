"""What the tools of a call gave and left in it, as the recorded results of a scenario."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from typing import Any

from rehearsal.blanks import pattern_of
from switchboard.call.arguments import REFUSED
from switchboard.ledger.events import Event, Remembered, ToolCalled, ToolReturned, VerificationHeld
from switchboard.line.sentences import ALREADY
from switchboard.line.workflow import NamedTool, Workflow

NOT_THE_TOOLS = (REFUSED, ALREADY.partition("{")[0])
"""How results begin that the engine gives again by itself, without the tool."""


def results_on(line: Workflow, events: Sequence[Event]) -> list[dict[str, Any]]:
    """Those of the tools of the line's own agents."""
    tools = {tool.info.name for agent in line.agents for tool in agent.toolbox if isinstance(tool, NamedTool)}
    return results(events, tools, line.state().model_dump(mode="json"))


def results(events: Sequence[Event], tools: Collection[str], state: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Each call of one of these tools as the format has it. `state` is what the line remembers before the first."""
    made = {call.call_id: _called(call) for call in events if isinstance(call, ToolCalled) and call.tool in tools}
    for back in events:
        if isinstance(back, ToolReturned) and back.call_id in made:
            if back.result.startswith(NOT_THE_TOOLS):
                del made[back.call_id]
            else:
                made[back.call_id] |= _returned(back)
    for call_id, name, value in _effects(events, state):
        if call_id in made:
            before = made[call_id].get(name)
            made[call_id][name] = before | value if isinstance(before, dict) else value
    return list(made.values())


def arguments_of(call: ToolCalled) -> dict[str, str | None]:
    """What a call was made with, as patterns."""
    return {name: None if value is None else pattern_of(str(value)) for name, value in call.arguments.items()}


def _called(call: ToolCalled) -> dict[str, Any]:
    return {"tool": call.tool, "with": arguments_of(call), "returns": ""}


def _returned(back: ToolReturned) -> dict[str, Any]:
    return {"returns": back.result} | ({"fails": True} if back.failed else {})


def _effects(events: Sequence[Event], state: Mapping[str, Any]) -> Iterator[tuple[str, str, Any]]:
    """What calls of tools changed, by their ids: the ledger tells it right after one came back, or while it runs."""
    proved: Mapping[str, str] | None = None
    running: list[str] = []
    source = ""
    for event in events:
        match event:
            case ToolCalled():
                running.append(event.call_id)
                source = running[0]
            case ToolReturned() if event.call_id in running:
                running.remove(event.call_id)
                source = event.call_id
            case VerificationHeld() if running:
                yield running[0], "held", list(event.held)
            case Remembered():
                if changed := {name: value for name, value in event.state.items() if value != state.get(name)}:
                    yield source, "remembers", changed
                if event.verified and event.verified != proved:
                    yield source, "proves", dict(event.verified)
                state, proved = event.state, event.verified
            case _:
                pass
