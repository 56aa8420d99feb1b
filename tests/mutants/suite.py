"""The tests of a package: which of them run a line, and how long each takes."""

import contextlib
import gc
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.mutants.mutant import Mutant

PYTEST = ("-q", "-x", "-p", "no:cacheprovider")


@dataclass(frozen=True)
class Suite:
    """`ran` has for each file and line the tests that ran it; `modules` are those of other people that were loaded."""

    ran: Mapping[str, Mapping[str, Sequence[str]]]
    seconds: Mapping[str, float]
    modules: Sequence[str]

    def tests_for(self, mutant: Mutant) -> list[str]:
        """Those that run the changed statement: first those of the file's own tests, then the quick ones."""
        lines = self.ran.get(str(mutant.path), {})
        tests = {test for line in mutant.lines for test in lines.get(str(line), ())}
        own = f"/test_{mutant.path.stem}.py::"
        return sorted(tests, key=lambda test: (own not in test, self.seconds[test], test))

    def seconds_of(self, tests: Sequence[str]) -> float:
        return sum(self.seconds[test] for test in tests)


def read_suite(report: Path) -> Suite:
    return Suite(**json.loads(report.read_text()))


def preload(modules: Sequence[str]) -> None:
    """Load them once, for all children that are forked from here."""
    for name in modules:
        with contextlib.suppress(ImportError):
            __import__(name)
    gc.freeze()
    assert len(list(Path("/proc/self/task").iterdir())) == 1, "a process with threads cannot be forked"
