"""This machine: its programs, the environment they get, our cache on it, and whom to tell what happens."""

import re
import shutil
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from pathlib import Path
from typing import IO, Self

from stack.child import Child
from stack.errors import LocalError
from stack.guard import Guard

Say = Callable[[str], None]
"""Takes one line for people."""


class Machine:
    """Starts programs, between `__enter__` and `__exit__`; none of them outlives this process.

    `say` takes what people should see, `note` what goes on meanwhile; who wants no difference gets all by `say`.
    """

    def __init__(self, cache: Path, environ: Mapping[str, str], say: Say) -> None:
        self.cache = cache
        self.environ = environ
        self.say = say
        self.note = say
        self._guard = Guard()

    def __enter__(self) -> Self:
        self._guard.__enter__()
        return self

    def __exit__(self, *details: object) -> None:
        self._guard.__exit__(*details)

    def noting(self, note: Say) -> Self:
        """The same machine for a part of the work, which is noted by `note`."""
        other = copy(self)
        other.note = note
        return other

    def find(self, program: str) -> Path | None:
        """Where a program is, on the PATH of `environ`."""
        found = shutil.which(program, path=self.environ.get("PATH", ""))
        return Path(found).absolute() if found else None

    def path_with(self, folder: Path) -> dict[str, str]:
        """A PATH on which `folder` comes first."""
        return {"PATH": f"{folder}:{self.environ.get('PATH', '')}"}

    async def start(
        self,
        command: Sequence[str],
        output: IO[bytes],
        folder: Path | None = None,
        more: Mapping[str, str] | None = None,
    ) -> Child:
        """Start a program with `more` on top of the environment. Raises `LocalError`."""
        try:
            return await self._start(command, folder, more, output=output)
        except OSError as error:
            raise LocalError(f"{command[0]} cannot be started: {error.strerror}.") from error

    async def run(
        self, command: Sequence[str], what: str, folder: Path | None = None, more: Mapping[str, str] | None = None
    ) -> None:
        """Run a program to its end, noting each line it writes. Raises `LocalError` that begins with `what`."""
        try:
            child = await self._start(command, folder, more)
        except OSError as error:
            raise LocalError(f"{what} failed: {command[0]} cannot be started: {error.strerror}.") from error
        written: deque[str] = deque(maxlen=200)
        try:
            async for line in child.lines():
                if line.strip():
                    self.note(f"  {line}")
                    written.append(line.strip())
            code = await child.wait()
        finally:
            await child.stop(2)
        if code:
            raise LocalError(f"{what} failed (exit code {code}): {cause(written)}")

    async def version(self, program: Path, *arguments: str) -> str | None:
        """The version that a program tells, such as "1.26.8"; None if it does not run or tells none."""
        try:
            child = await self._start((str(program), *arguments))
        except OSError:
            return None
        try:
            text = "\n".join([line async for line in child.lines()])
            code = await child.wait()
        finally:
            await child.stop(2)
        found = re.search(r"\d+\.\d+(\.\d+)?", text)
        return found[0] if found and code == 0 else None

    async def _start(
        self,
        command: Sequence[str],
        folder: Path | None = None,
        more: Mapping[str, str] | None = None,
        **output: IO[bytes],
    ) -> Child:
        environ = {**self.environ, **(more or {})}
        return await Child.start(self._guard, command, environ=environ, folder=folder, **output)


def cause(lines: Sequence[str]) -> str:
    """The line that tells why: the first that speaks of an error (npm begins with its codes), or the last."""
    errors = (line for line in lines if re.search(r"\berror\b[: ](?!code|errno)", line, re.IGNORECASE))
    return next(errors, lines[-1] if lines else "it wrote nothing")


def at_least(version: str, wanted: str) -> bool:
    """Whether a version such as "1.26.8" is at least one such as "1.26"."""
    found, least = ([int(number) for number in text.split(".")] for text in (version, wanted))
    return found >= least
