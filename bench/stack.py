"""All that real callers need, on loopback: a LiveKit server, simulators, our worker and the stock one, as processes."""

import sys
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

from livekit import api

from stack.cache import cache_folder
from stack.livekit_build import SERVER, SIP, LiveKitBuild, Source
from stack.livekit_server import provide_server
from stack.machine import Machine, Say
from stack.parts import Part, Parts
from stack.phones import provide_phones
from stack.ports import Port, take
from stack.readiness import Ready, http_ok, log_says
from switchboard.http.rooms import Rooms
from switchboard.livekit import client_of
from switchboard.settings.environment import load_settings
from switchboard.settings.process import process_environment
from switchboard.settings.schema import SETTINGS, Limits, LiveKitAccess, Settings

ROOT = Path(__file__).resolve().parents[1]
READY = log_says("registered worker")
IDLE = 2
"""How many jobs each worker keeps ready."""
EXECUTOR = "thread"


@dataclass(frozen=True)
class Stack:
    """What runs; the processes are named as in `start`."""

    livekit: LiveKitAccess
    parts: Parts
    folder: Path
    limits: Limits
    environ: Mapping[str, str] = field(default_factory=dict)
    """Added to that of every worker."""
    sip: str = ""
    """Where phones call, if there are any."""

    @property
    def url(self) -> str:
        """Where callers connect."""
        return self.livekit.url

    def api(self) -> api.LiveKitAPI:
        """A client with all rights; close it."""
        return client_of(self.livekit)

    def access(self, agent_name: str) -> LiveKitAccess:
        """The server as our web app knows it, for the worker of that name."""
        return replace(self.livekit, agent_name=agent_name)

    def rooms(self, agent_name: str) -> Rooms:
        """Makes rooms as our web app makes them."""
        return Rooms(self.access(agent_name), self.limits)

    async def simulator(
        self, name: str, connect_delay: int = 0, first_audio: int = 0, detector: str = "energy", mind: str = "talker"
    ) -> str:
        """Start a simulator whose connections, and whose answers, take so many milliseconds; its address."""
        ((port,), _) = take(Port("the simulator", 0).another())
        url = f"http://127.0.0.1:{port.number}"
        delays = ("--connect-delay", str(connect_delay), "--first-audio", str(first_audio), "--detector", detector)
        arguments = ("--port", str(port.number), *delays, "--mind", mind)
        await self.parts.start(self._module(name, "bench.talker", *arguments, ready=http_ok(f"{url}/health")))
        return url

    async def ours(
        self,
        name: str,
        simulator: str,
        executor: str = EXECUTOR,
        program: Sequence[str] = (str(ROOT / "main.py"), "start"),
        settings: Mapping[str, str] | None = None,
    ) -> None:
        """Start our worker, as `main.py start` does for real callers; `name` is its agent name, too."""
        environ = {
            **self._livekit_environ,
            "LIVEKIT_AGENT_NAME": name,
            "WORKER_EXECUTOR": executor,
            "WORKER_IDLE_PROCESSES": str(IDLE),
            "WORKER_MAX_CALLS": "200",
            "WORKER_PORT": "0",
            "DATABASE_URL": f"sqlite:///{self.folder / name}.db",
            "REALTIME_PROVIDER": "azure",
            "AZURE_OPENAI_ENDPOINT": simulator,
            "AZURE_OPENAI_API_KEY": "simulator",
            "AZURE_OPENAI_DEPLOYMENT": "gpt-realtime-2.1",
            "AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": "gpt-4o-mini-transcribe-2025-12-15",
            **(settings or {}),
        }
        # in a folder without a .env
        command = (sys.executable, *program)
        await self.parts.start(Part(name, command, READY, environ=environ, folder=self.folder, ready_seconds=60))

    async def stock(self, name: str, executor: str = EXECUTOR, module: Sequence[str] = ("bench.stock_worker",)) -> None:
        """Start the stock worker."""
        arguments = ("--executor", executor, "--idle", str(IDLE))
        await self.parts.start(self._module(name, *module, *arguments))

    @property
    def _livekit_environ(self) -> dict[str, str]:
        return {
            **self.environ,
            "LIVEKIT_URL": self.url,
            "LIVEKIT_API_KEY": self.livekit.key,
            "LIVEKIT_API_SECRET": self.livekit.secret.get_secret_value(),
        }

    def _module(self, name: str, module: str, *arguments: str, ready: Ready = READY) -> Part:
        command = (sys.executable, "-m", module, *arguments)
        return Part(name, command, ready, environ=self._livekit_environ, folder=ROOT, ready_seconds=60)


@asynccontextmanager
async def running(folder: Path, say: Say, environ_of_workers: Mapping[str, str] | None = None) -> AsyncIterator[Stack]:
    """A stack with a LiveKit server and nothing else yet; logs go to `folder`. Raises `LocalError`.

    The server is that of LIVEKIT_URL, one on the PATH, our cached build, or a build now. No other setting of ours
    reaches the processes.
    """
    async with parts_in(folder, say) as (chosen, machine, parts):
        livekit = await provide_server(chosen.livekit, _build(machine), machine, parts, folder)
        yield Stack(livekit, parts, folder, chosen.call, environ_of_workers or {})


@asynccontextmanager
async def running_with_phones(folder: Path, say: Say) -> AsyncIterator[Stack]:
    """The same with Redis and LiveKit SIP beside a server of its own: that of LIVEKIT_URL is not used."""
    async with parts_in(folder, say) as (chosen, machine, parts):
        phones = await provide_phones(chosen.livekit, _build(machine), _build(machine, SIP), machine, parts, folder)
        yield Stack(phones.livekit, parts, folder, chosen.call, {}, phones.sip.address)


@asynccontextmanager
async def parts_in(folder: Path, say: Say) -> AsyncIterator[tuple[Settings, Machine, Parts]]:
    """Nothing runs yet; logs go to `folder`. No setting of ours but LiveKit's is known, or reaches the processes."""
    environ = process_environment()
    ours = {setting.name for setting in SETTINGS}
    chosen = load_settings(None, {name: value for name, value in environ.items() if name.startswith("LIVEKIT_")})
    cache = cache_folder(Path.home(), Path(environ["XDG_CACHE_HOME"]) if "XDG_CACHE_HOME" in environ else None)
    plain = {name: value for name, value in environ.items() if name not in ours}
    with Machine(cache, plain, say) as machine:
        async with Parts(machine, folder) as parts:
            yield chosen, machine, parts


def _build(machine: Machine, what: Source = SERVER) -> LiveKitBuild:
    return LiveKitBuild(machine, ROOT / "deploy/livekit", ROOT / "deploy/toolchains/go.txt", what)
