"""The image of this project, and stand-ins for the images that it and compose.yaml are made of, in podman's storage.

No registry can be reached where these tests run: the stand-ins are made of Debian's packages, with the same programs
at the same places. All are kept, and made anew when what they are made of changes.
"""

import hashlib
import json
import os
import re
import shutil
import tempfile
import time
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from stack.cache import cache_folder
from stack.livekit_build import SIP, LiveKitBuild
from stack.machine import Machine
from tests.deploy.engine import CHECKOUT, HERE, ROOT, CommandError, EngineMissing, podman, run

REPOSITORY = "localhost/switchboard-test"
SUITE = "bookworm"
STAND_INS = ("python", "node", "postgres", "redis", "livekit", "sip")
AUTHORITIES = Path("/etc/ssl/certs/ca-certificates.crt")
"""The machine's: where it trusts one of its own, package registries are behind that."""
PIP_FILES = (Path.home() / ".config/pip/pip.conf", Path.home() / ".pip/pip.conf", Path("/etc/pip.conf"))
UV_FILES = (Path.home() / ".config/uv/uv.toml", Path("/etc/uv/uv.toml"))
NPM_FILES = (Path.home() / ".npmrc",)
REGISTRIES = re.compile(r"(PIP|UV|NPM_CONFIG|npm_config)_\w*(INDEX|REGISTRY)\w*", re.ASCII)
"""How a person tells pip, uv and npm of another registry."""


@dataclass(frozen=True)
class Images:
    """All images of a project that runs, by the variable of compose.yaml that takes them."""

    names: dict[str, str]
    build_seconds: float

    @property
    def ours(self) -> str:
        return self.names["SWITCHBOARD_IMAGE"]


@cache
def images() -> Images:
    """Every image, made first if need be. Raises `EngineMissing`."""
    programs = _livekit_programs()
    debian = _debian()
    with tempfile.TemporaryDirectory() as folder:
        _fill(Path(folder), programs)
        stand_ins = {name: _stand_in(name, Path(folder), debian) for name in STAND_INS}
    began = time.monotonic()
    ours = _ours(stand_ins)
    names = {f"{name.upper()}_IMAGE": image for name, image in stand_ins.items() if name not in ("python", "node")}
    return Images({**names, "SWITCHBOARD_IMAGE": ours}, time.monotonic() - began)


def megabytes(image: str) -> float:
    """How large an image is, all its layers."""
    return int(json.loads(podman("image", "inspect", image))[0]["Size"]) / 1e6


def base_of_ours() -> str:
    """The stand-in that our image is built on."""
    return next(name for name in _tags() if name.startswith(f"{REPOSITORY}/python:"))


def _debian() -> str:
    """A minimal Debian."""
    name = f"{REPOSITORY}/debian:{SUITE}"
    if name not in _tags():
        with tempfile.TemporaryDirectory() as folder:
            run(("debootstrap", "--variant=minbase", SUITE, folder))
            archive = f"{folder}.tar"
            run(("tar", "-C", folder, "-cf", archive, "."))
            podman("import", archive, name)
            Path(archive).unlink()
    return name


def _stand_in(target: str, context: Path, debian: str) -> str:
    made_of = (file for file in sorted(context.iterdir()) if file.name not in ("livekit-server", "livekit-sip"))
    name = f"{REPOSITORY}/{target}:{_fingerprint(made_of)}"
    if name not in _tags():
        _forget(f"{REPOSITORY}/{target}")
        registries = [word for key in os.environ if REGISTRIES.fullmatch(key) for word in ("--env", key)]
        podman(
            *("build", "--quiet", "--layers", "--target", target, "--tag", name, "--build-arg", f"DEBIAN={debian}"),
            *(registries if target in ("python", "node") else ()),
            str(context),
        )
    return name


def _ours(stand_ins: dict[str, str]) -> str:
    """The image of deploy/Dockerfile. Podman knows by itself which of its layers are still good."""
    name = f"{REPOSITORY}/switchboard:{CHECKOUT}"
    podman(
        *("build", "--quiet", "--layers", "--file", "deploy/Dockerfile", "--tag", name),
        *("--build-arg", f"PYTHON_IMAGE={stand_ins['python']}", "--build-arg", f"NODE_IMAGE={stand_ins['node']}"),
        ".",
    )
    return name


def _fill(folder: Path, programs: Iterable[Path]) -> None:
    """The build context of the stand-ins."""
    for file in (HERE / "images").iterdir():
        shutil.copy(file, folder)
    for file in (*programs, ROOT / "deploy/toolchains/node.txt"):
        shutil.copy(file, folder)
    for candidates, name in ((PIP_FILES, "pip.conf"), (UV_FILES, "uv.toml"), (NPM_FILES, "npmrc")):
        found = next((path for path in candidates if path.is_file()), None)
        (folder / name).write_bytes(found.read_bytes() if found else b"")
    (folder / "ca-certificates.crt").write_bytes(AUTHORITIES.read_bytes())


def _livekit_programs() -> tuple[Path, Path]:
    """LiveKit's server and LiveKit SIP. Raises `EngineMissing`."""
    with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
        module, go = ROOT / "deploy/livekit", ROOT / "deploy/toolchains/go.txt"
        builds = (LiveKitBuild(machine, module, go), LiveKitBuild(machine, module, go, SIP))
        if not all(build.whole for build in builds):
            raise EngineMissing("LiveKit is not built here: run `.venv/bin/python main.py livekit-server --sip`.")
        return builds[0].program, builds[1].program


def _fingerprint(files: Iterable[Path]) -> str:
    digest = hashlib.sha256()
    for file in files:
        digest.update(file.name.encode() + file.read_bytes())
    return digest.hexdigest()[:12]


def _tags() -> set[str]:
    return set(podman("images", "--format", "{{.Repository}}:{{.Tag}}").split())


def _forget(repository: str) -> None:
    for name in _tags():
        if name.startswith(f"{repository}:"):
            with suppress(CommandError):  # something that runs still has it
                podman("rmi", name)
