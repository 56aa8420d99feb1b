"""Our own builds of LiveKit's server and of LiveKit SIP, from the pinned Go module, kept in the cache."""

import asyncio
import hashlib
import platform
import re
import time
from dataclasses import dataclass
from pathlib import Path

from stack.c_libraries import CLibrary, require_libraries
from stack.errors import LocalError, explained
from stack.go import SETTINGS, find_go
from stack.lock import locked
from stack.machine import Machine
from stack.scratch import replacing

CHECKSUM = "sha256"


@dataclass(frozen=True)
class Source:
    """One program of the pinned module: its name, what people call it, and where its code is."""

    name: str
    shown: str
    module: str
    package: str
    libraries: tuple[CLibrary, ...] = ()
    """What it needs of C; without any it is built without C."""
    tells_version: bool = True
    article: str = ""
    flags: tuple[str, ...] = ()
    """What else the compiler is told."""

    @property
    def in_a_sentence(self) -> str:
        return f"{self.article}{self.shown}"

    @property
    def begins_a_sentence(self) -> str:
        return self.in_a_sentence[0].upper() + self.in_a_sentence[1:]


SERVER = Source(
    "livekit-server",
    "LiveKit server",
    "github.com/livekit/livekit-server",
    "github.com/livekit/livekit-server/cmd/server",
    article="the ",
)
SIP = Source(
    "livekit-sip",
    "LiveKit SIP",
    "github.com/livekit/sip",
    "github.com/livekit/sip/cmd/livekit-sip",
    (CLibrary("opus", "libopus-dev"), CLibrary("opusfile", "libopusfile-dev"), CLibrary("soxr", "libsoxr-dev")),
    tells_version=False,  # it says 0.0.0-dev whichever it is
)


class LiveKitBuild:
    """The build that `module` pins, for this machine: one folder of the cache, with the program and its checksum."""

    def __init__(self, machine: Machine, module: Path, go_requirements: Path, source: Source = SERVER) -> None:
        self._machine = machine
        self._module = module
        self._go_requirements = go_requirements
        self.source = source
        pins = (module / "go.mod").read_bytes() + (module / "go.sum").read_bytes()
        key = f"{hashlib.sha256(pins).hexdigest()[:12]}-{platform.system()}-{platform.machine()}".lower()
        self._folder = machine.cache / f"{source.name}-{key}"
        self.program = self._folder / source.name

    @property
    def version(self) -> str:
        """The version that the module pins."""
        found = re.search(rf"{re.escape(self.source.module)} v(\S+)", (self._module / "go.mod").read_text())
        if not found:
            raise LocalError(f"{self._module / 'go.mod'} does not pin {self.source.module}.")
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
        source, told = self.source, f"{self.source.begins_a_sentence} is being built by another process ..."
        async with locked(lock, lambda: self._machine.note(told)):
            if self.whole:
                return
            await require_libraries(self._machine, source.libraries, source.shown)
            go = await find_go(self._machine, self._module, self._go_requirements)
            began = time.monotonic()
            self._machine.note(f"Building {source.in_a_sentence} {self.version} (once; a few minutes) ...")
            with explained(f"Building {source.in_a_sentence}"), replacing(self._folder) as folder:
                await self._build(go, folder / source.name)
            self._machine.note(f"{source.begins_a_sentence} is built ({time.monotonic() - began:.0f} s).")

    async def _build(self, go: Path, program: Path) -> None:
        """Build `program`, see that it runs, and note its checksum."""
        options = (
            "-C",
            str(self._module),
            "-mod=readonly",
            "-buildvcs=false",
            "-v",
            *self.source.flags,
            "-o",
            str(program),
        )
        what = f"Building {self.source.in_a_sentence}"
        settings = SETTINGS | {"CGO_ENABLED": "1" if self.source.libraries else "0"}
        await self._machine.run((str(go), "build", *options, self.source.package), what, more=settings)
        built = await self._machine.version(program, "--version")
        if not built or (self.source.tells_version and built != self.version):
            raise LocalError(f"{what} made a program that says it is {built or 'nothing'}, not {self.version}.")
        await asyncio.to_thread(program.with_name(CHECKSUM).write_text, checksum(program))


async def find_program(build: LiveKitBuild, machine: Machine) -> Path:
    """One of LiveKit's programs: on the PATH, our cached build, or a build now. Raises `LocalError`."""
    shown = build.source.shown
    if found := machine.find(build.source.name):
        if version := await machine.version(found, "--version"):
            machine.note(f"{shown}: {found} ({version}), from the PATH.")
            return found
        machine.note(f"{shown}: {found} does not run; passed over.")
    how = "our cached build"
    if not build.whole:
        await build.make()
        how = "built now"
    machine.note(f"{shown}: {build.program} ({build.version}), {how}.")
    return build.program


def program_here(build: LiveKitBuild, machine: Machine) -> Path | None:
    """One of LiveKit's programs that need not be built: on the PATH, or our cached build; None: there is none."""
    return machine.find(build.source.name) or (build.program if build.whole else None)


def checksum(path: Path) -> str:
    """The SHA-256 of a file, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
