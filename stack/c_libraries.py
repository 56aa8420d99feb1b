"""What a program that is built with C needs of this machine, and how to get it."""

from collections.abc import Sequence
from dataclasses import dataclass

from stack.errors import LocalError
from stack.machine import Machine

COMPILERS = ("gcc", "cc", "clang")


@dataclass(frozen=True)
class CLibrary:
    """A library: its name to pkg-config, and the Debian package that brings its headers."""

    name: str
    package: str


async def require_libraries(machine: Machine, libraries: Sequence[CLibrary], what: str) -> None:
    """Raises `LocalError` with the line that installs what is missing to build `what`; needs nothing for none."""
    missing = await _missing(machine, libraries) if libraries else []
    if missing:
        raise LocalError(f"To build {what} this machine lacks: apt-get install {' '.join(missing)}")


async def _missing(machine: Machine, libraries: Sequence[CLibrary]) -> list[str]:
    """Debian packages, in the order of the list."""
    compiler = [] if any(machine.find(name) for name in COMPILERS) else ["gcc", "libc6-dev"]
    if not (pkg_config := machine.find("pkg-config")):
        return [*compiler, "pkg-config", *(library.package for library in libraries)]
    absent = [each.package for each in libraries if not await machine.version(pkg_config, "--modversion", each.name)]
    return [*compiler, *absent]
