"""A benchmark as a command: calls are made in a folder of their own, and what came of them is printed."""

import asyncio
import shutil
import sys
import tempfile
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar

from bench.figures import Figures
from bench.rounds import progress
from stack.errors import LocalError

Found = TypeVar("Found", bound=Figures[Any])


def run(
    name: str,
    measure: Callable[[Path], Coroutine[Any, Any, Found]],
    report: Callable[[Found], str],
    as_json: Callable[[Found], str] | None,
) -> int:
    """Measure and print, `as_json` on the last line; the exit code is 1 when a call failed, whose logs stay then."""
    folder = Path(tempfile.mkdtemp(prefix=f"bench-{name}-"))
    try:
        figures = asyncio.run(measure(folder))
    except LocalError as error:
        progress("")
        print(f"There are no figures. {error}", file=sys.stderr)
        return 1
    print(report(figures))
    for failed in figures.failed:
        print(f"FAILED {failed}", file=sys.stderr)
    if figures.failed:
        print(f"{len(figures.failed)} calls failed; logs: {folder}", file=sys.stderr)
    else:
        shutil.rmtree(folder)
    if as_json:
        print(as_json(figures))
    return 1 if figures.failed else 0
