"""The whole stack as real processes: LiveKit's server, the simulator, a worker and the web app, as `demo --web` has them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from main import simulator_settings
from switchboard.local.readiness import http_status
from tests.livekit import KEY, SECRET, LiveKitServer, free_port

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
REGISTERED = "registered worker"


@dataclass
class Program:
    """One command of `main.py` with a log of its own; it can be killed and started again."""

    arguments: tuple[str, ...]
    environ: dict[str, str]
    log: Path
    ready: Callable[["Program"], bool]
    process: subprocess.Popen[bytes] | None = field(default=None)

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.log.write_bytes(b"")
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "main.py", *self.arguments],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        until = time.monotonic() + READY_SECONDS
        while not self.ready(self):
            if self.process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self.arguments[0]} did not start:\n{self.log.read_text()[-4000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL to it and all its children, as a crash of its machine would."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Stack:
    """All parts, on free ports; `database` is the URL of a database that is migrated and filled."""

    def __init__(self, livekit: LiveKitServer, database: str, folder: Path) -> None:
        self.livekit = livekit
        self.database = database
        self.page = f"http://127.0.0.1:{(port := free_port())}"
        realtime = free_port()
        simulator = f"http://127.0.0.1:{realtime}"
        plain = {
            name: value for name, value in os.environ.items() if name in ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "TZ")
        }
        values = {
            **plain,
            **simulator_settings(simulator),
            "DATABASE_URL": database,
            "LIVEKIT_URL": livekit.url,
            "LIVEKIT_API_KEY": KEY,
            "LIVEKIT_API_SECRET": SECRET,
            "HTTP_PORT": str(port),
            "HTTP_RATE_LIMIT": "1000",
            "WORKER_PORT": "0",
            "CALL_SILENCE_SECONDS": "60",
        }
        self.simulator = Program(
            ("simulator", "--port", str(realtime)), values, folder / "simulator.log", _answers(f"{simulator}/health")
        )
        self.worker = Program(("start",), values, folder / "worker.log", _has_registered)
        self.web = Program(("web",), values, folder / "web.log", _answers(f"{self.page}/health"))
        self._programs = (self.simulator, self.worker, self.web)

    def start(self) -> None:
        for program in self._programs:
            program.start()

    def stop(self) -> None:
        for program in reversed(self._programs):
            program.kill()


def _answers(url: str) -> Callable[[Program], bool]:
    return lambda _: http_status("GET", url) == 200


def _has_registered(program: Program) -> bool:
    return REGISTERED in program.log.read_text(errors="replace")
