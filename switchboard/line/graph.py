"""A line as a picture: text for a terminal, Mermaid for a page."""

from switchboard.line.context import Everything
from switchboard.line.workflow import Handoff, Workflow


def as_text(workflow: Workflow) -> str:
    """One paragraph an agent: what it is for, its voice, how pages show it, its tools, whom it hands to."""
    parts = [f"{workflow.name}: starts with {workflow.start.name()}, at most {workflow.max_handoffs} handoffs a call"]
    for agent in workflow.agents:
        tools = sorted(name for name in workflow.tool_names(agent) if not name.startswith("transfer_to_"))
        edges = [f"  -> {edge.target.name()}{_how(edge)}" for edge in workflow.edges(agent)]
        edges += [f"  -> {number.name} (by phone)" for number in workflow.numbers(agent)]
        edges += [f"  -> {person.name} (a person)" for person in workflow.people(agent)]
        voice = workflow.voice(agent).label
        face = workflow.faces[agent.name()]
        lines = [f"{agent.name()} ({voice})", f"  {agent.purpose}", f"  shown as: {face.label}, {face.colour}"]
        lines.append(f"  tools: {', '.join(tools)}")
        parts.append("\n".join([*lines, *edges]))
    return "\n\n".join(parts)


def as_mermaid(workflow: Workflow) -> str:
    """A Mermaid flowchart."""
    rows = ["flowchart LR", f"    caller([caller]) --> {workflow.start.name()}"]
    rows += [f'    {agent.name()}["{agent.name()}<br/>{workflow.voice(agent).label}"]' for agent in workflow.agents]
    for agent in workflow.agents:
        for edge in workflow.edges(agent):
            label = f"|{_how(edge).strip(' ()')}|" if _how(edge) else ""
            rows.append(f"    {agent.name()} -->{label} {edge.target.name()}")
        for number in workflow.numbers(agent):
            rows.append(f"    {agent.name()} -->|by phone| {number.id}([{number.name}])")
        for person in workflow.people(agent):
            rows.append(f"    {agent.name()} -->|a person| {person.id}([{person.name}])")
    return "\n".join(rows)


def _how(edge: Handoff) -> str:
    context = "" if isinstance(edge.context, Everything) else type(edge.context).__name__.lower()
    parts = [part for part in (context, "announced" if edge.announce else "") if part]
    return f" ({', '.join(parts)})" if parts else ""
