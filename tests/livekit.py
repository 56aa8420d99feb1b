"""A LiveKit server of our own: the real binary on free loopback ports."""

import os
import shutil
import signal
import subprocess
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from livekit import api
from pydantic import SecretStr

from stack.cache import cache_folder
from stack.livekit_build import LiveKitBuild, program_here
from stack.machine import Machine
from stack.ports import free_port
from switchboard.livekit import client_of
from switchboard.settings.schema import LiveKitAccess

ROOT = Path(__file__).parent.parent
KEY = "testkey"
SECRET = "a-secret-for-tests-of-at-least-32-characters"
READY_SECONDS = 20.0
CONFIG = """
port: {port}
bind_addresses: ["127.0.0.1"]
rtc:
  tcp_port: {tcp}
  udp_port: {udp}
  node_ip: 127.0.0.1
  use_external_ip: false
  interfaces: {{includes: [lo]}}
  enable_loopback_candidate: true
keys: {{{key}: {secret}}}
logging: {{level: info}}
"""


class LiveKitMissing(Exception):  # noqa: N818 - a state of the machine, not an error
    """There is no LiveKit server here."""


class LiveKitServer:
    """A server between `start` and `stop`. It can be started again, on the same ports."""

    def __init__(self) -> None:
        self._binary = _binary()
        self._folder = Path(tempfile.mkdtemp(prefix="livekit-"))
        self._log = self._folder / "log"
        self._config = self._folder / "livekit.yaml"
        self.port = free_port()
        self._config.write_text(
            CONFIG.format(port=self.port, tcp=free_port(), udp=free_port("udp"), key=KEY, secret=SECRET)
        )
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    @property
    def access(self) -> LiveKitAccess:
        """How a deployment that uses this server reaches it."""
        return LiveKitAccess(self.url, KEY, SecretStr(SECRET), "switchboard")

    def api(self) -> api.LiveKitAPI:
        """A client with all rights; close it."""
        return client_of(self.access)

    def start(self) -> None:
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                [self._binary, "--config", self._config], stdout=log, stderr=log, cwd=self._folder
            )
        self._wait()

    def stop(self) -> None:
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None

    @contextmanager
    def paused(self) -> Iterator[None]:
        """It stands still, as on a machine that has no time for it."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSTOP)
        try:
            yield
        finally:
            self._process.send_signal(signal.SIGCONT)

    def remove(self) -> None:
        """Stop the server and remove all it had."""
        self.stop()
        shutil.rmtree(self._folder)

    def _wait(self) -> None:
        assert self._process is not None
        until = time.monotonic() + READY_SECONDS
        while not self._answers():
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"LiveKit did not start: {self._log.read_text()}")
            time.sleep(0.05)

    def _answers(self) -> bool:
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{self.port}/", timeout=1) as answer:
                return bool(answer.status == 200)
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return False


@pytest.fixture(scope="session")
def livekit_server() -> Iterator[LiveKitServer]:
    """One server for all tests; where there is none the test is skipped, except in CI."""
    try:
        server = LiveKitServer()
    except LiveKitMissing as missing:
        if os.environ.get("CI") == "true":
            pytest.fail(str(missing))
        pytest.skip(str(missing))
    try:
        server.start()
        yield server
    finally:
        server.remove()


def _binary() -> Path:
    """LiveKit's server: from the PATH, or this user's own build; `main.py livekit-server` makes one."""
    with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
        build = LiveKitBuild(machine, ROOT / "deploy/livekit", ROOT / "deploy/toolchains/go.txt")
        found = program_here(build, machine)
    if found is None:
        raise LiveKitMissing("No LiveKit server here: run `.venv/bin/python main.py livekit-server`, which builds one.")
    return found
