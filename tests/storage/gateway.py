"""The gateway: built once into this user's cache, and started on a folder."""

import os
import shutil
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from stack.cache import cache_folder
from stack.livekit_build import LiveKitBuild, Source
from stack.machine import Machine
from stack.ports import free_port

ROOT = Path(__file__).parents[2]
GATEWAY = Source(
    "versitygw",
    "S3 gateway",
    "github.com/versity/versitygw",
    "github.com/versity/versitygw/cmd/versitygw",
    article="the ",
    flags=("-ldflags", "-X main.Version=1.8.0"),  # it has none of its own
)
KEY, SECRET, BUCKET = "testkey", "a-secret-of-the-storage", "recordings"
READY_SECONDS = 20.0


def build_in(machine: Machine) -> LiveKitBuild:
    return LiveKitBuild(machine, Path(__file__).parent, ROOT / "deploy/toolchains/go.txt", GATEWAY)


class Gateway:
    """One on a free port of loopback, with one bucket."""

    def __init__(self, program: Path) -> None:
        self._folder = Path(tempfile.mkdtemp(prefix="s3-"))
        (self._folder / "data" / BUCKET).mkdir(parents=True)
        (self._folder / "about").mkdir()
        self.port = free_port()
        with (self._folder / "gateway.log").open("wb") as log:
            self._process = subprocess.Popen(self._command(program), stdout=log, stderr=log, cwd=self._folder)
        self._wait()

    @property
    def settings(self) -> dict[str, str]:
        return {
            "RECORDINGS_URL": f"s3://{BUCKET}/of/switchboard",
            "RECORDINGS_S3_ENDPOINT": f"http://127.0.0.1:{self.port}",
            "RECORDINGS_S3_KEY_ID": KEY,
            "RECORDINGS_S3_SECRET": SECRET,
        }

    def files(self) -> set[str]:
        """What it keeps, as it lies in its folder."""
        bucket = self._folder / "data" / BUCKET
        return {str(each.relative_to(bucket)) for each in bucket.rglob("*") if each.is_file()}

    def stop(self) -> None:
        self._process.kill()
        self._process.wait()
        shutil.rmtree(self._folder)

    def _command(self, program: Path) -> list[str | Path]:
        keys = ["--access", KEY, "--secret", SECRET]
        folders: list[str | Path] = ["--sidecar", self._folder / "about", self._folder / "data"]
        return [program, "--port", f"127.0.0.1:{self.port}", *keys, "--quiet", "posix", *folders]

    def _wait(self) -> None:
        until = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"the gateway did not start: {(self._folder / 'gateway.log').read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1)
        except urllib.error.HTTPError:
            return True  # it wants a signature
        except OSError:
            return False
        return True


@pytest.fixture(scope="session")
def s3_gateway() -> Iterator[Gateway]:
    """One for all tests; where it is not built the test is skipped, except in CI."""
    with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
        build = build_in(machine)
        if not build.whole:
            told = "No S3 gateway here: run `.venv/bin/python -m tests.storage`, which builds one."
            (pytest.fail if os.environ.get("CI") == "true" else pytest.skip)(told)
    gateway = Gateway(build.program)
    yield gateway
    gateway.stop()
