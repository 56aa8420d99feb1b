"""What pytest's reports say of all lanes together."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from xml.etree import ElementTree

LONGEST = 20


@dataclass(frozen=True)
class Report:
    """How many tests ended in which way, and the seconds that each took."""

    outcomes: Counter[str] = field(default_factory=Counter)
    seconds: Sequence[tuple[float, str]] = ()
    computed: Sequence[tuple[float, str]] = ()
    """Seconds of a core, and in which file, for each test."""

    @property
    def passed(self) -> int:
        return self.outcomes["passed"]


def read_report(junit: Path | None) -> Report:
    """What this file says; an empty report where there is none, because pytest did not get to its end."""
    if junit is None or not junit.exists():
        return Report()
    cases = list(ElementTree.parse(junit).iter("testcase"))
    times = [(float(case.get("time", 0)), f"{_file(case)}::{case.get('name')}") for case in cases]
    return Report(Counter(map(_outcome, cases)), times, [(_computed(case), _file(case)) for case in cases])


def longest(reports: Iterable[Report]) -> list[str]:
    """The tests that took longest, a line each."""
    found = sorted((each for report in reports for each in report.seconds), reverse=True)
    return [f"{seconds:7.1f} s  {name}" for seconds, name in found[:LONGEST]]


def busiest(reports: Iterable[Report]) -> list[str]:
    """The files that had the cores longest, a line each, and their sum."""
    total = defaultdict[str, float](float)
    for seconds, file in (each for report in reports for each in report.computed):
        total[file] += seconds
    found = sorted(((seconds, file) for file, seconds in total.items()), reverse=True)[:LONGEST]
    return [f"{seconds:7.1f} s  {file}" for seconds, file in [*found, (sum(total.values()), "all")]]


def summary(reports: Iterable[Report], seconds: float) -> str:
    """One line, as pytest has it at its end."""
    total = sum((report.outcomes for report in reports), Counter[str]())
    words = ", ".join(f"{total[outcome]} {outcome}" for outcome in ("failed", "passed", "skipped") if total[outcome])
    return f"{words or 'no tests ran'} in {seconds:.0f} s ({int(seconds) // 60}:{int(seconds) % 60:02d})"


def _outcome(case: ElementTree.Element) -> str:
    tags = {child.tag for child in case}
    if tags & {"failure", "error"}:
        return "failed"
    return "skipped" if "skipped" in tags else "passed"


def _file(case: ElementTree.Element) -> str:
    return f"{case.get('classname', '').replace('.', '/')}.py"


def _computed(case: ElementTree.Element) -> float:
    return sum(float(each.get("value", 0)) for each in case.iter("property") if each.get("name") == "cpu")
