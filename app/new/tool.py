"""A new tool: its function, its place in an agent's toolbox and prompt, when it is called offline, and a scenario."""

from collections.abc import Sequence

from app.new.change import Change
from app.new.house import House, prompt_of
from app.new.names import check_name, spoken
from app.new.prompt import DUTIES, with_duty
from app.new.reached import words_to
from app.new.refusal import RefusalError
from app.new.scenario import folder_of, scenario_text
from app.new.source import Source, imports
from simulator.playbook import Playbook
from switchboard.line.workflow import Workflow

FUNCTION = '''"""What a caller asks of {spoken}."""

from livekit.agents import RunContext, ToolError, function_tool

{imports}


@function_tool
async def {name}(ctx: RunContext[Call[{state}]], question: str) -> str:  # noqa: ARG001 - caller, database and state
    """Look up what the caller asks of {spoken}. Tells nothing of an account.

    Args:
        question: What the caller wants to know, in a few words.
    """
    if not question.strip():
        raise ToolError("Ask the caller what they want to know.")
    return "I have looked, and {found} on that yet."
'''
FOUND = "there is nothing"
IN_PROMPT = "- {Spoken}: call `{name}`, and say what it tells you."


def new_tool(house: House, name: str, agent: str, line: str | None) -> Change:
    """The tool `name` in the toolbox of `agent`, which `line` has if several have one. Raises `RefusalError`."""
    check_name(name, "gift_card_balance")
    owner = house.agent(agent, line)
    lines = house.lines_with(owner)
    _check_free(house, name)
    change = Change(house.root)
    change.add(f"tools/{name}.py", _function(name, lines[0]))
    file = f"{owner.__module__.replace('.', '/')}.py"
    source = Source(file, change.read(file))
    if name in source.bound():
        raise RefusalError(f"{file} has another {name}: choose another name.")
    source.add_import(f"tools.{name}", name)
    source.add_to_toolbox(owner.__name__, name)
    change.edit(file, source.text(house.root))
    prompt = prompt_of(owner)
    duty = IN_PROMPT.format(name=name, Spoken=spoken(name).capitalize())
    change.edit(prompt, with_duty(change.read(prompt), duty, DUTIES))
    for each in lines:
        if playbook := house.playbook(each, change):
            words = words_to(each, owner, Playbook(playbook.book))
            playbook.add_tool(agent, name)
            playbook.check()
            change.edit(playbook.name, playbook.text)
            if words is not None:
                change.add(f"{folder_of(each.name)}/calls_{name}.yaml", _scenario(name, agent, words))
    return change


def _scenario(name: str, agent: str, words: Sequence[str]) -> str:
    about = f"Who asks about {spoken(name)} is told what the tool says."
    says = (*words, f"I have a question about {spoken(name)}", "Goodbye")
    return scenario_text(about, says, [f"calls: [{{tool: {name}, by: {agent}}}]", f"says: [{FOUND}]"])


def _function(name: str, line: Workflow) -> str:
    state = line.state
    written = imports(("switchboard.call.call", "Call"), (state.__module__, state.__name__))
    return FUNCTION.format(name=name, spoken=spoken(name), state=state.__name__, imports=written, found=FOUND)


def _check_free(house: House, name: str) -> None:
    for line in house.lines:
        for agent in line.agents:
            if name in line.tool_names(agent):
                raise RefusalError(f"{agent.name()} has a tool {name}: choose another name.")
