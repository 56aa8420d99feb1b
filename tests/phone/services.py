"""The services that phone calls need, real ones on free loopback ports: Redis, LiveKit's server on it, LiveKit SIP."""

import os
import subprocess
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

from stack.cache import cache_folder
from stack.livekit_build import SIP, LiveKitBuild
from stack.livekit_sip import AUDIO_PORTS, LiveKitSip
from stack.machine import Machine
from stack.ports import Port, free_port
from stack.redis import Redis, answers
from tests.livekit import ROOT, LiveKitServer
from tests.phone.signalling import Signalling

READY_SECONDS = 30.0


class PhoneMissing(Exception):  # noqa: N818 - a state of the machine, not an error
    """A part that phone calls need is not here."""


class Service:
    """A program with a log, that can be killed and started again on the same ports."""

    def __init__(self, command: Sequence[str], log: Path, ready: Callable[["Service"], bool]) -> None:
        self._command = command
        self._log = log
        self._ready = ready
        self._began = 0
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def written(self) -> str:
        """What it has written since it was started last."""
        return self._log.read_bytes()[self._began :].decode(errors="replace")

    @property
    def pid(self) -> int:
        assert self._process is not None
        return self._process.pid

    def start(self) -> None:
        """Start it, and wait until it is ready."""
        with self._log.open("ab") as log:
            self._began = log.tell()
            self._process = subprocess.Popen(self._command, stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        until = time.monotonic() + READY_SECONDS
        while not self._ready(self):
            if self._process.poll() is not None or time.monotonic() > until:
                raise RuntimeError(f"{self._command[0]} did not start:\n{self.written[-4000:]}")
            time.sleep(0.05)

    def kill(self) -> None:
        """SIGKILL, as a crash of its machine would."""
        if self._process:
            self._process.kill()
            self._process.wait()
            self._process = None


class ServerOnRedis(LiveKitServer):
    """LiveKit's server, on a Redis."""

    def __init__(self, redis: str) -> None:
        super().__init__()
        self._config.write_text(f"{self._config.read_text()}redis: {{address: '{redis}'}}\n")


class PhoneServices:
    """All three, between `start` and `stop`."""

    def __init__(self, folder: Path) -> None:
        redis_program, sip_program = phone_programs()
        redis = Redis(redis_program, Port("Redis", free_port()))
        port = redis.port.number
        self.redis = Service(redis.part.command, folder / "redis.log", lambda _: answers(port))
        self.livekit = ServerOnRedis(redis.address)
        self.signalling = Signalling(self.livekit.port)
        config = LiveKitSip.prepare(
            sip_program,
            folder,
            replace(self.livekit.access, url=self.signalling.url),
            redis.address,
            Port("SIP", free_port(), kind="udp"),
            audio_from=min(free_port(), 65536 - AUDIO_PORTS),
        )
        self.sip_address = config.address
        self.sip = Service(
            config.part.command, folder / "livekit-sip.log", lambda sip: "sip signaling listening" in sip.written
        )

    def start(self) -> None:
        self.redis.start()
        self.livekit.start()
        self.signalling.start()
        self.sip.start()

    def stop(self) -> None:
        self.sip.kill()
        self.signalling.stop()
        self.livekit.remove()
        self.redis.kill()

    def uri(self, number: str) -> str:
        """What a phone dials to call a number of ours."""
        return f"sip:{number}@{self.sip_address}"


def phone_programs() -> tuple[Path, Path]:
    """Redis and LiveKit SIP. Raises `PhoneMissing`."""
    with Machine(cache_folder(Path.home()), dict(os.environ), print) as machine:
        build = LiveKitBuild(machine, ROOT / "deploy/livekit", ROOT / "deploy/toolchains/go.txt", SIP)
        redis = machine.find("redis-server")
        sip = machine.find("livekit-sip") or (build.program if build.whole else None)
    if redis is None:
        raise PhoneMissing("There is no redis-server here: run `scripts/packages`.")
    if sip is None:
        raise PhoneMissing("No LiveKit SIP here: run `.venv/bin/python main.py livekit-server --sip`, which builds it.")
    return redis, sip
