"""Where the packages of the house are listed: a new one is added, and the rest stays as it is."""

from collections.abc import Iterator
from typing import Any

import tomlkit
from tomlkit.exceptions import TOMLKitError

from app.new.refusal import RefusalError

PROJECT, DOCKERFILE = "pyproject.toml", "deploy/Dockerfile"
ENGINE, TOOLS = "switchboard", "tools"
COMMANDS = ["app", "rehearsal"]
"""Who may import a business through its lines only."""


def with_package(text: str, name: str) -> str:
    """`pyproject.toml` with the business `name`: between tools and engine, and with its migrations."""
    try:
        project = tomlkit.parse(text)
        tools = project["tool"]
        linter, alembic = tools["importlinter"], tools["alembic"]
        for packages in _lists(linter):
            packages.insert(packages.index(ENGINE), name)
        for contract in linter["contracts"]:
            if "layers" in contract and {ENGINE, TOOLS} <= set(contract["layers"]):
                _add_layer(contract["layers"], name)
            elif contract.get("source_modules") == COMMANDS:
                contract["forbidden_modules"].append(name)
        alembic["version_locations"].append(f"%(here)s/{name}/migrations/versions")
    except (TOMLKitError, KeyError, AttributeError) as error:
        why = f"({type(error).__name__})"
        raise RefusalError(
            f"{PROJECT} is not written as it has to be {why}: list {name} beside {TOOLS} by hand."
        ) from None
    return tomlkit.dumps(project)


def with_package_copied(text: str, name: str) -> str:
    """The Dockerfile with the package in the image, beside the engine."""
    line = f"COPY {ENGINE}/ {ENGINE}/\n"
    if line not in text:
        raise RefusalError(f"{DOCKERFILE} does not copy {ENGINE}/ in a line of its own: add {name} by hand.")
    return text.replace(line, f"COPY {name}/ {name}/\n{line}")


def _lists(linter: Any) -> Iterator[Any]:
    """All that list the packages one by one."""
    yield linter["root_packages"]
    for contract in linter["contracts"]:
        listed = (contract.get(key, ()) for key in ("source_modules", "forbidden_modules"))
        yield from (packages for packages in listed if {ENGINE, TOOLS} <= set(packages))


def _add_layer(layers: Any, name: str) -> None:
    """Into the layer above the engine, where businesses stand side by side; or as the first of them."""
    place = layers.index(ENGINE)
    if layers[place - 1] == TOOLS:
        layers.insert(place, name)
    else:
        layers[place - 1] = f"{layers[place - 1]} | {name}"
