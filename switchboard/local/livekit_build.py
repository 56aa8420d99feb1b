"""Our own build of LiveKit's server, from the pinned Go module, kept in the cache."""

import asyncio
import hashlib
import platform
import re
import time
from pathlib import Path

from switchboard.local.errors import LocalError, explained
from switchboard.local.go import SETTINGS, find_go
from switchboard.local.lock import locked
from switchboard.local.machine import Machine
from switchboard.local.scratch import replacing

PACKAGE = "github.com/livekit/livekit-server"
NAME = "livekit-server"
CHECKSUM = "sha256"


class LiveKitBuild:
    """The build that `module` pins, for this machine: one folder of the cache, with the program and its checksum."""

    def __init__(self, machine: Machine, module: Path, go_requirements: Path) -> None:
        self._machine = machine
        self._module = module
        self._go_requirements = go_requirements
        pins = (module / "go.mod").read_bytes() + (module / "go.sum").read_bytes()
        key = f"{hashlib.sha256(pins).hexdigest()[:12]}-{platform.system()}-{platform.machine()}".lower()
        self._folder = machine.cache / f"{NAME}-{key}"
        self.program = self._folder / NAME

    @property
    def version(self) -> str:
        """The version that the module pins."""
        found = re.search(rf"{re.escape(PACKAGE)} v(\S+)", (self._module / "go.mod").read_text())
        if not found:
            raise LocalError(f"{self._module / 'go.mod'} does not pin {PACKAGE}.")
        return found[1]

    @property
    def whole(self) -> bool:
        """Whether the cache has the program as it was built."""
        try:
            return self.program.with_name(CHECKSUM).read_text() == checksum(self.program)
        except OSError:
            return False

    async def make(self) -> None:
        """Build it, unless another process has done so meanwhile. Raises `LocalError`."""
        lock = self._folder.with_suffix(".lock")
        async with locked(lock, lambda: self._machine.say("The LiveKit server is being built by another process ...")):
            if self.whole:
                return
            go = await find_go(self._machine, self._module, self._go_requirements)
            began = time.monotonic()
            self._machine.say(f"Building the LiveKit server {self.version} (once; a few minutes) ...")
            with explained("Building the LiveKit server"), replacing(self._folder) as folder:
                await self._build(go, folder / NAME)
            self._machine.say(f"The LiveKit server is built ({time.monotonic() - began:.0f} s).")

    async def _build(self, go: Path, program: Path) -> None:
        """Build `program`, see that it runs, and note its checksum."""
        options = ("-C", str(self._module), "-mod=readonly", "-buildvcs=false", "-v", "-o", str(program))
        what = "Building the LiveKit server"
        await self._machine.run((str(go), "build", *options, f"{PACKAGE}/cmd/server"), what, more=SETTINGS)
        built = await self._machine.version(program, "--version")
        if built != self.version:
            raise LocalError(f"{what} made a program that says it is {built or 'nothing'}, not {self.version}.")
        await asyncio.to_thread(program.with_name(CHECKSUM).write_text, checksum(program))


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
