"""What goes on, as people see it: one line a step, and all the rest in a log."""

import asyncio
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Self

from rich.console import Console
from rich.progress import Progress as Live
from rich.progress import TextColumn
from rich.table import Column

from stack.errors import explained
from stack.machine import Say

SHOWN_OF_A_FAILURE = 20


class Progress:
    """Tells `steps` while they run, one by one or side by side. What they note is in `log`.

    On a terminal each has a line that is written anew, with the seconds and what was noted last; elsewhere there is a
    line when it begins and one when it ends. When a step fails, the end of what it noted is shown.
    """

    def __init__(self, console: Console, log: Path, *steps: str) -> None:
        self._console = console
        self._log = log
        self._steps = steps
        self._left: tuple[str, ...] = ()
        self._newest: Say | None = None
        self._live = Live(
            TextColumn("{task.description}", markup=False),
            TextColumn("{task.elapsed:.0f} s", markup=False, justify="right"),
            TextColumn("{task.fields[hint]}", markup=False, table_column=Column(no_wrap=True, ratio=1)),
            console=console,
            disable=not console.is_interactive,
            expand=True,
        )

    def __enter__(self) -> Self:
        with explained("Keeping a log"):
            self._log.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._log.open("w", buffering=1)
        self._live.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._newest = None
        self._live.stop()
        self._file.close()
        if self._left:
            self._tell("", *self._left, "", f"All of it is in {self._log}.")

    def note(self, line: str) -> None:
        """For what does not know its step: the one that began last notes the line; after all of them, it is told."""
        (self._newest or self._tell)(line)

    @contextmanager
    def step(self, name: str) -> Iterator[Say]:
        """A step, as long as the block; it gets whom to give the lines that it notes."""
        shown = f"{self._steps.index(name) + 1} of {len(self._steps)}  {name}"
        began = time.monotonic()
        task = self._live.add_task(shown, hint="")
        noted: deque[str] = deque(maxlen=SHOWN_OF_A_FAILURE)

        def note(line: str) -> None:
            noted.append(line)
            self._file.write(f"{line}\n")
            self._live.update(task, hint=line.strip())

        self._newest = note
        self._tell_in_a_pipe(f"{shown} ...")
        end = "failed"
        try:
            yield note
            end = "done"
        except (KeyboardInterrupt, asyncio.CancelledError):
            end = "stopped"
            raise
        except Exception:
            self._left = tuple(noted)
            raise
        finally:
            self._live.update(task, hint=end)
            self._live.stop_task(task)
            self._tell_in_a_pipe(f"{shown}: {end} ({time.monotonic() - began:.1f} s)")

    def _tell_in_a_pipe(self, line: str) -> None:
        if not self._console.is_interactive:
            self._tell(line)

    def _tell(self, *lines: str) -> None:
        for line in lines:
            self._console.print(line, soft_wrap=True, markup=False, highlight=False)
