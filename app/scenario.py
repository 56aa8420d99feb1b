"""`main.py scenario`: a call of the ledger as a scenario, to be played by `main.py try`."""

import asyncio
from pathlib import Path

from app.data import prepare_database
from app.lines import LINES
from app.one_call import story_of
from app.process import HERE, fail, settings, start_logging, tell, writing
from app.rehearsals import folder_of
from rehearsal.made import scenario_of
from switchboard.files import write_new
from switchboard.operate.scenarios import NoScenarioError

HERE_ITSELF = "-"
"""In place of a file: standard output."""


def run(call: str, to: str | None) -> None:
    """Write it into a new file `to`, or among the scenarios of its line. Exits with 2 if it cannot be made."""
    chosen = settings()
    start_logging(chosen)
    prepare_database(chosen)
    story = asyncio.run(story_of(chosen, call))
    line = LINES.get(story.call.line)
    try:
        text = scenario_of(story, line)
    except NoScenarioError as error:
        fail(f"{error}.")
    if to == HERE_ITSELF:
        tell(text.rstrip())
        return
    assert line, "there is a scenario of it"
    file = Path(to) if to else folder_of(line) / f"{story.call.id}.yaml"
    write_scenario("--to", file, text)


def write_scenario(option: str, file: Path, text: str) -> None:
    """Write it into a new file, which `option` names; says so. Exits with 2 if it cannot be written."""
    with writing(option, file):
        try:
            write_new(file, text)
        except FileExistsError:
            fail(f"{file} is there already; it is left as it is. Name another file with {option}, or remove it first.")
    shown = file.relative_to(HERE) if file.is_relative_to(HERE) else file
    tell(f"{shown} has the call as a scenario. Play it: main.py try {shown}")
