"""The whole stack as real processes, as `demo --web` has it: LiveKit's server, simulator, worker and web app."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from app.simulator import simulator_settings
from stack.ports import free_port
from stack.readiness import http_status
from tests.livekit import KEY, SECRET, LiveKitServer

ROOT = Path(__file__).parents[2]
READY_SECONDS = 60.0
REGISTERED = "registered worker"


@dataclass
class Program:
    """One of our commands with a log of its own; it can be killed and started again."""

    arguments: tuple[str, ...]
    environ: dict[str, str]
    log: Path
    ready: Callable[["Program"], bool]
    process: subprocess.Popen[bytes] | None = None
    _began: int = 0

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        self.launch()
        self.wait()

    def launch(self) -> None:
        """Start it; `wait` for it."""
        with self.log.open("ab") as log:
            self._began = log.tell()
            self.process = subprocess.Popen(
                [sys.executable, *self.arguments],
                cwd=ROOT,
                env=self.environ,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def wait(self) -> None:
        """Wait until it is ready."""
        assert self.process
        until = time.monotonic() + READY_SECONDS
        while not self.ready(self):
            if time.monotonic() > until:
                self.process.send_signal(signal.SIGABRT)  # Python's faulthandler writes where each thread stands
                self.process.wait(READY_SECONDS)
            if (code := self.process.poll()) is not None:
                raise RuntimeError(f"{self.arguments} did not start, and ended with {code}:\n{self.written[-4000:]}")
            time.sleep(0.05)

    @property
    def written(self) -> str:
        """What it has written since it was started last."""
        return self.log.read_bytes()[self._began :].decode(errors="replace")

    def drain(self) -> None:
        """Stop a worker as a deployment does: it ends when its calls have."""
        if self.process:
            self.process.terminate()
            self.process.wait(READY_SECONDS)
            self.process = None

    def kill(self) -> None:
        """SIGKILL to it and all its children, as a crash of its machine would."""
        if self.process:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()
            self.process = None


class Stack:
    """All parts, on free ports; `database` is the URL of a database that is migrated and filled.

    `agent` is the name under which LiveKit's server finds the worker, `worker` the command that is it. With a `script`
    the simulator follows that, and text is spoken by Cartesia's voice or by nobody. `settings` are more of ours.
    """

    def __init__(
        self,
        livekit: LiveKitServer,
        database: str,
        folder: Path,
        *,
        agent: str = "switchboard",
        script: Path | None = None,
        worker: tuple[str, ...] = ("main.py", "start"),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        self.livekit = livekit
        self.database = database
        self.page = f"http://127.0.0.1:{(port := free_port())}"
        realtime = free_port()
        simulator = f"http://127.0.0.1:{realtime}"
        self.model = f"{simulator}/health"
        """Tells how many connections to the model there are."""
        plain = {
            name: value
            for name, value in os.environ.items()
            if name in ("PATH", "HOME", "LANG", "XDG_CACHE_HOME", "TZ")
        }
        values = {
            **plain,
            **simulator_settings(simulator),
            "PYTHONFAULTHANDLER": "1",
            "DATABASE_URL": database,
            "LIVEKIT_URL": livekit.url,
            "LIVEKIT_AGENT_NAME": agent,
            "LIVEKIT_API_KEY": KEY,
            "LIVEKIT_API_SECRET": SECRET,
            "HTTP_PORT": str(port),
            "HTTP_RATE_LIMIT": "1000",
            "WORKER_PORT": "0",
            "CALL_SILENCE_SECONDS": "60",
            **(settings or {}),
        }
        control = free_port()
        self.control = f"http://127.0.0.1:{control}"
        """The simulator's control API."""
        command: tuple[str, ...] = ("main.py", "simulator", "--port", str(realtime), "--control", str(control))
        if script:
            del values["AZURE_OPENAI_TTS_DEPLOYMENT"], values["AZURE_OPENAI_TTS_API_VERSION"]
            command = (*command, "--script", str(script))
        self.simulator = Program(command, values, folder / "simulator.log", answers(self.model))
        self.worker = Program(worker, values, folder / "worker.log", _has_registered)
        self.web = Program(("main.py", "web"), values, folder / "web.log", answers(f"{self.page}/health"))
        self._programs = (self.simulator, self.worker, self.web)

    def start(self) -> None:
        for program in self._programs:
            program.launch()
        for program in self._programs:
            program.wait()

    def stop(self) -> None:
        for program in reversed(self._programs):
            program.kill()


def answers(url: str) -> Callable[[Program], bool]:
    return lambda _: http_status("GET", url) == 200


def _has_registered(program: Program) -> bool:
    return REGISTERED in program.written
