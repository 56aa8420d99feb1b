"""`main.py rewind`: a call of the ledger, taken up at a turn and held once more, beside what it was."""

import asyncio
from collections.abc import Mapping, Sequence
from contextlib import aclosing
from dataclasses import dataclass
from difflib import unified_diff
from pathlib import Path

import typer

from app.data import database_of, prepare_database
from app.lines import LINES
from app.one_call import story_of, write_page
from app.playbooks import playbook_of
from app.process import HERE, fail, settings, start_logging
from app.rehearsals import OFFLINE, house_of
from app.rewind_report import show
from app.scenario import write_scenario
from rehearsal.blanks import not_kept
from rehearsal.made import scenario_of
from rehearsal.rewind.compared import Compared, compared
from rehearsal.rewind.held_again import Again, HeldAgain
from rehearsal.rewind.joined import joined
from rehearsal.rewind.moment import Moment, RewindError, moment_of
from rehearsal.rewind.page import page
from rehearsal.rewind.wording import pairs, summary
from switchboard.ledger.events import Answered, Event
from switchboard.ledger.timeline import story
from switchboard.line.reworded import reworded
from switchboard.line.workflow import Workflow
from switchboard.operate.story import CallStory
from switchboard.redaction.redactor import Redactor
from switchboard.settings.environment import load_settings
from switchboard.settings.schema import Settings

LOG = HERE / "var" / "log" / "rewind.log"


@dataclass(frozen=True)
class Recorded:
    """A call as the ledger has it, and the events of those that it goes on from."""

    story: CallStory
    earlier: Sequence[Event]
    line: Workflow


def run(call: str, turn: int, files: Sequence[Path], live_tools: bool, html: Path | None, save: Path | None) -> None:
    """Show both runs; exits with 1 if they differ, with 2 if it cannot be done."""
    prompts = _prompts(files)
    chosen = settings()
    start_logging(chosen, LOG)
    prepare_database(chosen)
    recorded = asyncio.run(_recorded(chosen, call))
    line = _with(recorded.line, prompts)
    try:
        moment = moment_of(call, recorded.story.events, recorded.earlier, line, turn)
    except RewindError as error:
        fail(str(error))
    held, both = _again(chosen, recorded, line, moment, live_tools=live_tools)
    title = f"{call}, line {line.name}, from turn {turn} of {moment.turns}"
    notes = [summary(both), *_notes(moment, held, line)]
    turns, changes = pairs(both), _changes(recorded.line, line, moment)
    show(title, notes, turns, changes)
    if html:
        write_page(html, page(title, notes, turns, changes))
    if save and (held.missing or held.hung):
        fail("--save: it did not go on to its end as a call does, so it makes no scenario. Try --live-tools.")
    if save:
        write_scenario("--save", save, scenario_of(joined(recorded.story, moment, held, line), line))
    if both.turn is not None or held.hung:
        raise typer.Exit(1)


def _prompts(files: Sequence[Path]) -> Mapping[str, str]:
    """The prompts, by the agents that they are named after."""
    prompts: dict[str, str] = {}
    for file in files:
        if file.suffix != ".md":
            fail(f"--with: {file} is no prompt; name a file like agents/support.md, which is the prompt of `support`.")
        if file.stem in prompts:
            fail(f"--with: there are two prompts for `{file.stem}`; name one of them.")
        try:
            prompts[file.stem] = file.read_text(encoding="utf-8")
        except UnicodeDecodeError:
            fail(f"--with: {file} cannot be read: it is not UTF-8.")
        except OSError as error:
            fail(f"--with: {file} cannot be read: {error.strerror}.")
    return prompts


async def _recorded(chosen: Settings, call: str) -> Recorded:
    found = await story_of(chosen, call)
    answered = next((event for event in found.events if isinstance(event, Answered)), None)
    if answered is None:
        fail(f"{call} was never answered, so there is nothing to take up.")
    if answered.line not in LINES:
        fail(f"{call} came in on the line {answered.line}, which there is not any more. Lines: {', '.join(LINES)}.")
    async with aclosing(database_of(chosen)) as database:
        earlier = await database.look(story, answered.resumes) if answered.resumes else []
    return Recorded(found, earlier, LINES[answered.line])


def _with(line: Workflow, prompts: Mapping[str, str]) -> Workflow:
    """Raises WorkflowError."""
    agents = [agent.name() for agent in line.agents]
    for name in prompts:
        if name not in agents:
            fail(f"--with: the line {line.name} has no agent `{name}`; its agents are {', '.join(agents)}.")
    return reworded(line, prompts)


def _again(
    chosen: Settings, recorded: Recorded, line: Workflow, moment: Moment, *, live_tools: bool
) -> tuple[HeldAgain, Compared]:
    kinds = {*chosen.storage.redacts, *not_kept(recorded.story.events)}
    offline = load_settings(None, {**OFFLINE, "LEDGER_REDACTS": ",".join(sorted(kinds))})
    with house_of(recorded.line, moment.began) as house:
        again = Again(line, playbook_of(line), house.prepared, offline, house.prices)
        held = asyncio.run(again.hold(moment, live_tools=live_tools))
    versions, redactor = moment.answered.versions, Redactor(offline.storage.redacts)
    return held, compared(moment.rest, held.rest, moment.turn, versions, line, redactor)


def _notes(moment: Moment, held: HeldAgain, line: Workflow) -> Sequence[str]:
    """What else is to be known."""
    notes, answered = [], moment.answered
    if answered.provider != "simulator":
        notes.append(f"{answered.provider} answered then, and now the simulator does: it has words of its own.")
    if not answered.versions:
        notes.append("Nobody wrote down which prompts and tools it ran with.")
    elif answered.versions.get("workflow") != line.versions["workflow"]:
        notes.append("The workflow of the line is another one since.")
    if held.missing:
        tools = ", ".join(dict.fromkeys(held.missing))
        notes.append(f"Called as it was not then, so that nobody knows what it gives: {tools}. See --live-tools.")
    if held.hung:
        notes.append(f"The caller waited in vain for {held.hung}.")
    return notes


def _changes(before: Workflow, after: Workflow, moment: Moment) -> str:
    """What is new in prompts, where it is known what stood there then."""
    changes: list[str] = []
    for old, new in zip(before.agents, after.agents, strict=True):
        what = f"prompt:{old.name()}"
        if moment.answered.versions.get(what) == before.versions[what] != after.versions[what]:
            texts = old.prompt().splitlines(), new.prompt().splitlines()
            changes += unified_diff(*texts, f"{what}, then", f"{what}, now", lineterm="")
    return "\n".join(changes)
