"""Programs that stand in for toolchains, and where the real ones are pinned."""

import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
MODULE = ROOT / "deploy" / "livekit"
GO_PACKAGE = ROOT / "deploy" / "toolchains" / "go.txt"
NODE_PACKAGE = ROOT / "deploy" / "toolchains" / "node.txt"

SERVER = "#!/bin/sh\necho livekit-server version 1.13.5\n"
GO = """
import os, pathlib, sys
here = pathlib.Path(sys.argv[0]).parent
if sys.argv[1] == "env":
    print("go{version}")
    sys.exit()
assert os.environ["CGO_ENABLED"] == ("1" if sys.argv[-1].endswith("sip") else "0") and "-mod=readonly" in sys.argv
with (here / "builds").open("a") as builds:
    builds.write("build\\n")
print("go: downloading example.com/thing v1.2.3")
{build}
built = pathlib.Path(sys.argv[sys.argv.index("-o") + 1])
built.write_text({server!r})
built.chmod(0o755)
"""


def write_program(path: Path, text: str) -> Path:
    """An executable file."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    path.chmod(0o755)
    return path


def write_python(path: Path, text: str) -> Path:
    """An executable Python program."""
    return write_program(path, f"#!{sys.executable}\n{text}")


def write_go(folder: Path, version: str = "1.26.8", build: str = "", server: str = SERVER) -> Path:
    """A `go` in `folder` that "builds" `server` after running the Python of `build`, and counts its builds."""
    return write_python(folder / "go", GO.format(version=version, build=build, server=server))


def builds(folder: Path) -> int:
    """How often the `go` of this folder was asked to build."""
    counted = folder / "builds"
    return len(counted.read_text().splitlines()) if counted.exists() else 0
