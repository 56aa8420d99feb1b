"""Runs the tests of a package without a fault, in a process of its own, and writes down what they do."""

import json
import sys
import time
from collections.abc import Generator, Iterator, Sequence
from pathlib import Path
from typing import Any

import coverage
import pytest

from tests.mutants.suite import PYTEST

STARTS_A_THREAD = "onnxruntime"
"""When it is imported; a process with threads cannot be forked."""


class Watch:
    """Tells coverage which test runs, and leaves out those of PostgreSQL: a server for each mutant takes too long."""

    def __init__(self, cover: coverage.Coverage) -> None:
        self._cover = cover
        self.seconds: dict[str, float] = {}

    def pytest_collection_modifyitems(self, items: list[pytest.Item]) -> None:
        items[:] = [item for item in items if "postgresql" not in item.nodeid]

    @pytest.hookimpl(wrapper=True)
    def pytest_runtest_protocol(self, item: pytest.Item) -> Generator[None, Any, Any]:
        self._cover.switch_context(item.nodeid)
        began = time.monotonic()
        result = yield
        self.seconds[item.nodeid] = time.monotonic() - began
        self._cover.switch_context("")
        return result


def watch(root: Path, package: Path, tests: Sequence[str], report: Path) -> None:
    """`tests` are pytest's arguments, `report` is what `read_suite` reads. Ends the process with pytest's code."""
    cover = coverage.Coverage(data_file=None, source=[str(root / package)], config_file=False)
    watcher = Watch(cover)
    cover.start()
    code = pytest.main([*PYTEST, *tests], plugins=[watcher])
    cover.stop()
    data = cover.get_data()
    ran = {_short(file, root): _tests(data.contexts_by_lineno(file)) for file in data.measured_files()}
    found = {"ran": ran, "seconds": watcher.seconds, "modules": list(_of_others(root))}
    report.write_text(json.dumps(found))
    raise SystemExit(code)


def _short(file: str, root: Path) -> str:
    return str(Path(file).relative_to(root))


def _tests(contexts: dict[int, list[str]]) -> dict[int, list[str]]:
    """A line that ran while modules were loaded has the context "" too."""
    return {line: [test for test in tests if test] for line, tests in contexts.items()}


def _of_others(root: Path) -> Iterator[str]:
    for name, module in sys.modules.items():
        file = getattr(module, "__file__", None) or ""
        ours = file.startswith(str(root)) and "site-packages" not in file
        if file and not ours and not name.startswith(STARTS_A_THREAD):
            yield name
