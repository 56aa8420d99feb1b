"""A mutant on trial: a forked child loads it in place of its file, and runs the tests that should notice."""

import importlib.abc
import importlib.machinery
import importlib.util
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from types import CodeType, ModuleType

import pytest

from tests.mutants.child import Child
from tests.mutants.mutant import Mutant
from tests.mutants.suite import PYTEST

AT_ONCE = 4
"""Calls in real time mostly wait."""


@dataclass(frozen=True)
class Trial:
    """The tests have to end within `seconds`."""

    mutant: Mutant
    tests: Sequence[str]
    seconds: float


@dataclass(frozen=True)
class Verdict:
    """`outcome` is killed, timed out, survived or untested; refused: by the types, whatever the tests say."""

    mutant: Mutant
    outcome: str
    tests: int


class Instead(importlib.abc.MetaPathFinder):
    """Finds the mutant where its module is imported."""

    def __init__(self, mutant: Mutant, root: Path) -> None:
        self._mutant = mutant
        self._path = str(root / mutant.path)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if fullname != self._mutant.module:
            return None
        loader = _Loader(fullname, self._path, self._mutant.source)
        return importlib.util.spec_from_file_location(fullname, self._path, loader=loader)


class _Loader(importlib.machinery.SourceFileLoader):
    def __init__(self, fullname: str, path: str, source: str) -> None:
        super().__init__(fullname, path)
        self._source = source

    def get_code(self, fullname: str) -> CodeType:
        return compile(self._source, self.path, "exec", dont_inherit=True)


def judge(root: Path, trials: Iterable[Trial], logs: Path) -> Iterator[Verdict]:
    """All trials, so many at once, as they end."""
    running: dict[Child, Trial] = {}
    waiting = iter(trials)
    while True:
        while len(running) < AT_ONCE and (trial := next(waiting, None)):
            if trial.tests:
                running[_start(root, trial, logs)] = trial
            else:
                yield Verdict(trial.mutant, "untested", 0)
        if not running:
            return
        wait([child.sentinel for child in running], min(child.seconds_left for child in running))
        yield from _ended(running)


def _start(root: Path, trial: Trial, logs: Path) -> Child:
    def attempt() -> None:
        sys.meta_path.insert(0, Instead(trial.mutant, root))
        raise SystemExit(pytest.main([*PYTEST, *trial.tests]))

    return Child(attempt, logs / "trial.log", trial.seconds)


def _ended(running: dict[Child, Trial]) -> Iterator[Verdict]:
    for child, trial in list(running.items()):
        late = child.code is None and not child.seconds_left
        if late:
            child.kill()
        if late or child.code is not None:
            del running[child]
            outcome = "timed out" if late else "survived" if child.code == pytest.ExitCode.OK else "killed"
            yield Verdict(trial.mutant, outcome, len(trial.tests))
