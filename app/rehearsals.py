"""`main.py try`: every scenario, held offline and judged."""

import asyncio
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import replace
from datetime import UTC, datetime
from difflib import get_close_matches
from fnmatch import fnmatch
from pathlib import Path
from tempfile import TemporaryDirectory

import typer

from app.costs import prices_of
from app.lines import LINES, line_named
from app.playbooks import playbook_of
from app.process import HERE, fail, start_logging, tell, tell_json, writing
from app.rehearsal_report import Report
from app.rehearsal_rooms import in_rooms
from rehearsal.file import Play, ScenarioError, line_named_in, load
from rehearsal.house import House, Verdict
from rehearsal.junit import junit_xml
from rehearsal.letters import Letters
from rehearsal.page import page
from rehearsal.prepared import columns_of, prepare
from rehearsal.scenario import schema
from rehearsal.simulations import Unplayed, holds_simulations, load_simulations
from switchboard.line.workflow import Workflow
from switchboard.settings.environment import load_settings
from switchboard.settings.schema import Settings

SCENARIOS = HERE / "scenarios"
SCHEMA = SCENARIOS / "scenario.schema.json"
LOG = HERE / "var" / "log" / "try.log"
NOW = datetime(2025, 11, 24, 9, 30, tzinfo=UTC)
"""When every call is: a Monday in winter, so that working days lie ahead and British clocks show UTC."""
MOST_NEAR = 3
"""So many names are told for one that does not exist."""


def run(
    names: Sequence[str],
    line: str | None,
    times: int,
    seed: int,
    voice: bool,
    as_json: bool,
    junit: Path | None,
    html: Path | None,
) -> None:
    """Play the scenarios with these names, or all; exits with 1 if one fails, with 2 if one is broken or none can."""
    began, lines, report = time.monotonic(), lines_of(line), Report()
    chosen, unplayed = chosen_of(lines, names)
    tell_unplayed(report, chosen, unplayed)
    plays = _played_so(chosen, names, voice)
    start_logging(load_settings(None, OFFLINE), LOG)
    verdicts = played(lines, plays, range(seed, seed + times), report, voice=voice)
    failed = sorted({verdict.play.name for verdict in verdicts if not verdict.passed})
    seconds = time.monotonic() - began
    report.sum_up(len(plays), failed, seconds, 0 if voice else len(chosen) - len(plays), len(unplayed))
    write_reports(verdicts, unplayed, junit, html)
    if as_json:
        passed = len(plays) - len(failed)
        summed = {"scenarios": len(plays), "passed": passed, "failed": failed, "seconds": round(seconds, 1)}
        tell_json(summed | ({"not_played": [each.name for each in unplayed]} if unplayed else {}))
    if failed:
        raise typer.Exit(1)


def list_names(names: Sequence[str], line: str | None) -> None:
    """Tell the scenarios with these names, or all, below their lines."""
    lines = lines_of(line)
    plays, unplayed = chosen_of(lines, names)
    for each in lines:
        theirs = [f"  {play.name}" for play in plays if play.line is each]
        if theirs:
            tell("\n".join([f"{each.name}:", *theirs]))
    if unplayed:
        tell("\n".join(["not played:", *(f"  {each.name}" for each in unplayed)]))


def write_schema() -> None:
    """Write the format for editors anew."""
    SCHEMA.write_text(schema_text())
    tell(f"{SCHEMA.relative_to(HERE)} is up to date.")


def schema_text() -> str:
    """The format for editors."""
    return f"{json.dumps(schema(), indent=2)}\n"


def plays_of(line: Workflow) -> Sequence[Play]:
    """The scenarios of a line, by their names. Raises ScenarioError."""
    return [load(file, line, columns_of(line.business)) for file in sorted(folder_of(line).glob("*.yaml"))]


def folder_of(line: Workflow) -> Path:
    """Where the scenarios of a line are."""
    return SCENARIOS / line.name.replace("-", "_")


def lines_of(name: str | None) -> Sequence[Workflow]:
    """The one of that name, or all."""
    return [line_named(name)] if name else list(LINES.values())


def chosen_of(lines: Sequence[Workflow], names: Sequence[str]) -> tuple[Sequence[Play], Sequence[Unplayed]]:
    """Those with one of these names, in which `*` stands for anything, and those in files; without names all.

    Beside them what files of LiveKit's have that cannot be played. Exits with 2 for none.
    """
    files, names = [name for name in names if _is_file(name)], [name for name in names if not _is_file(name)]
    try:
        given = [each for file in files for each in _read(Path(file), lines)]
        plays = [play for line in lines for play in plays_of(line)] if names or not files else []
    except ScenarioError as error:
        fail(str(error))
    for name in names:
        if not any(_is_meant(play, name) for play in plays):
            near = _near(plays, name)[:MOST_NEAR]
            guess = f" Is {' or '.join(near)} meant?" if near else ""
            fail(f"There is no scenario {name!r}.{guess} All are listed by: main.py try --list")
    meant = [play for play in plays if not names or any(_is_meant(play, name) for name in names)]
    in_files = [each for each in given if isinstance(each, Play)]
    return [*in_files, *meant], [each for each in given if isinstance(each, Unplayed)]


def _is_file(name: str) -> bool:
    """Whether a file is meant, and no scenario by its name."""
    return name.endswith(".yaml")


def _read(file: Path, lines: Sequence[Workflow]) -> Sequence[Play | Unplayed]:
    """The scenario in a file that may lie anywhere; several in a file of LiveKit's. Raises ScenarioError."""
    if not holds_simulations(file):
        return [_read_one(file, lines)]
    if len(lines) > 1:
        known = " or ".join(line.name for line in lines)
        raise ScenarioError(f"{file}: LiveKit's format names no line: add `--line`, {known}.")
    return load_simulations(file, lines[0], columns_of(lines[0].business))


def _read_one(file: Path, lines: Sequence[Workflow]) -> Play:
    name, folder = line_named_in(file), file.resolve().parent
    line = next((line for line in lines if (line.name == name if name else folder == folder_of(line))), None)
    if line is None:
        known = " or ".join(line.name for line in lines)
        raise ScenarioError(f"{file}: it calls {f'the line {name}' if name else 'no line'}: write `line:`, {known}.")
    return load(file, line, columns_of(line.business), str(file))


def _played_so(plays: Sequence[Play], names: Sequence[str], voice: bool) -> Sequence[Play]:
    """Of `plays` those to be typed, or spoken: all that can be, but spoken without `names` those alone that take sound.

    Exits with 2 if none is left.
    """
    left = [play for play in plays if play.scenario.takes_sound == voice or (voice and names)]
    if not left and voice:
        fail("No scenario takes sound. Others are spoken when they are named: main.py try --voice NAME")
    if not left and plays:
        fail(f"{plays[0].name} takes sound: main.py try --voice {' '.join(names)}".rstrip())
    return left


def _is_meant(play: Play, name: str) -> bool:
    return fnmatch(play.name, name) or fnmatch(play.file.stem, name)


def _near(plays: Sequence[Play], name: str) -> Sequence[str]:
    """The names of scenarios that `name` is a part of or nearly is."""
    holding = [play.name for play in plays if name in play.name]
    like = get_close_matches(name, [each for play in plays for each in (play.file.stem, play.name)], MOST_NEAR)
    return list(dict.fromkeys([*holding, *(play.name for play in plays if {play.file.stem, play.name} & {*like})]))


@contextmanager
def house_of(line: Workflow, now: datetime = NOW, live: Settings | None = None) -> Iterator[House]:
    """What calls of a line are tried out on, at that time: a simulator, or the service of the settings `live`.

    Runs event loops of its own: enter it outside of any.
    """
    mind = None if live else playbook_of(line)
    settings = live or load_settings(None, OFFLINE)
    post = line.business.post if line.business else None
    with TemporaryDirectory(prefix="rehearsal-") as folder, post(Letters().send) if post else nullcontext():
        prepared = prepare(line.business, now, Path(folder, "template.db"))
        yield House(line, mind, prepared, settings, prices_of(settings))


OFFLINE = {"REALTIME_PROVIDER": "simulator"}
"""All that is set: what is in the environment or in .env changes no verdict."""


def played(
    lines: Sequence[Workflow],
    plays: Sequence[Play],
    seeds: Sequence[int],
    report: Report,
    *,
    voice: bool = False,
    live: Settings | None = None,
) -> Sequence[Verdict]:
    """What came of each scenario with each seed, line by line, which `report` has told; `live` as for `house_of`."""
    verdicts: list[Verdict] = []
    for line in lines:
        if theirs := [play for play in plays if play.line is line]:
            with house_of(line, live=live) as house:
                verdicts += _played_in(house, theirs, seeds, voice, report)
    return verdicts


def _played_in(
    house: House, plays: Sequence[Play], seeds: Sequence[int], voice: bool, report: Report
) -> Sequence[Verdict]:
    verdicts: list[Verdict] = []

    async def play(house: House) -> None:
        async for verdict in house.play_all(plays, seeds, report.begins if voice else lambda _: None):
            report.show(verdict)
            verdicts.append(verdict)

    if voice:
        in_rooms(lambda rooms: play(replace(house, rooms=rooms)))
    else:
        asyncio.run(play(house))
    return verdicts


def tell_unplayed(report: Report, chosen: Sequence[Play], unplayed: Sequence[Unplayed]) -> None:
    """Each of `unplayed`. Exits with 2 if there is nothing else."""
    for left in unplayed:
        report.not_played(left)
    if unplayed and not chosen:
        fail("Nothing here can be played without a model: docs/scenarios.md tells what can.")


def write_reports(
    verdicts: Sequence[Verdict], unplayed: Sequence[Unplayed], junit: Path | None, html: Path | None
) -> None:
    """As JUnit's XML and as a page, into the files that are wanted. Exits with 2 where one cannot be written."""
    if junit:
        _write("--junit", junit, junit_xml(verdicts, unplayed))
    if html:
        _write("--html", html, page(verdicts))


def _write(option: str, file: Path, text: str) -> None:
    with writing(option, file):
        file.write_text(text)
