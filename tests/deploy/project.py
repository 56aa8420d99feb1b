"""The compose file as a running project, on free loopback ports."""

import json
import re
import time
from collections.abc import Callable
from functools import partial
from typing import Any

from stack.ports import free_port
from tests.deploy.engine import CHECKOUT, ROOT, CommandError, podman, podman_compose, run
from tests.deploy.images import Images

PATIENCE = 60.0
AUDIO_PORTS = 10


class Project:
    """One project between `up` and `remove`. It can go down and come up again; what it has stored stays."""

    def __init__(self, name: str, images: Images, *profiles: str, **values: str) -> None:
        self.name = f"switchboard-test-{CHECKOUT}-{name}"
        self.images = images
        self._profiles = profiles
        self.values = {**images.names, **_ports(), "COMPOSE_PROFILES": ",".join(profiles), **values}

    @property
    def page(self) -> str:
        return f"http://127.0.0.1:{self.values['HTTP_PORT']}"

    @property
    def sip(self) -> str:
        """Where phones call."""
        return f"127.0.0.1:{self.values['SIP_PORT']}"

    @property
    def database(self) -> str:
        """PostgreSQL's URL, for this machine: it has no port outside of the project's network."""
        networks = self.inspect("postgres")["NetworkSettings"]["Networks"]
        (address,) = (network["IPAddress"] for network in networks.values())
        return f"postgresql://switchboard:switchboard@{address}/switchboard"

    def up(self) -> str:
        """Start all of it, in the order of the compose file; what it says. Returns when the last one was started."""
        return self._compose("up", "--detach", "--no-build")

    def down(self) -> None:
        """Stop it and remove its containers; its data stay."""
        self._compose("down")

    def without_profiles(self) -> None:
        """From the next `up` on the demo alone."""
        self._profiles = ()
        self.values["COMPOSE_PROFILES"] = ""

    def stop(self, service: str) -> None:
        """Stop one service, with its grace period; returns when it has ended."""
        self._compose("stop", service)

    def start(self, service: str) -> None:
        """Start a stopped service; returns when it is healthy."""
        podman("start", self.container(service))
        self.wait_until_healthy(service)

    def remove(self) -> None:
        """Leave nothing."""
        self._compose("down", "--volumes", "--timeout", "1")

    def container(self, service: str) -> str:
        return f"{self.name}_{service}_1"

    def exists(self, service: str) -> bool:
        return self.container(service) in podman("ps", "--all", "--format", "{{.Names}}").split()

    def inspect(self, service: str) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(podman("inspect", self.container(service)))[0]
        return found

    def state(self, service: str) -> dict[str, Any]:
        state: dict[str, Any] = self.inspect(service)["State"]
        return state

    def logs(self, service: str) -> str:
        """All that a service has written, both to standard output and to standard error."""
        return run(("sh", "-c", f"podman logs {self.container(service)} 2>&1"))

    def execute(self, service: str, *command: str) -> str:
        return podman("exec", self.container(service), *command)

    def healthy(self, service: str) -> bool:
        """Whether its own health check passes now."""
        try:
            podman("healthcheck", "run", self.container(service))
        except CommandError:
            return False
        return True

    def wait(self, holds: Callable[[], bool], what: str, seconds: float = PATIENCE) -> None:
        """Wait until something holds."""
        until = time.monotonic() + seconds
        while not holds():
            if time.monotonic() > until:
                raise AssertionError(f"{what}: not within {seconds:g} s\n{self.report()}")
            time.sleep(0.2)

    def wait_until_healthy(self, *services: str) -> None:
        for service in services:
            self.wait(partial(self.healthy, service), f"{service} is healthy")

    def memory(self, service: str) -> float:
        """Megabytes that a service uses now."""
        used = podman("stats", "--no-stream", "--format", "{{.MemUsage}}", self.container(service))
        number, unit = re.match(r"([\d.]+)(\w+)", used).groups()  # type: ignore[union-attr]
        return float(number) * {"kB": 0.001, "MB": 1.0, "GB": 1000.0}[unit]

    def report(self) -> str:
        """What runs, and the ends of the logs."""
        listed = podman("ps", "--all", "--filter", f"name={self.name}_", "--format", "{{.Names}} {{.Status}}")
        names = [line.split()[0] for line in listed.splitlines()]
        tails = [run(("sh", "-c", f"podman logs --tail 15 {name} 2>&1")) for name in names]
        return "\n".join([listed, *(f"--- {name}\n{tail[-2000:]}" for name, tail in zip(names, tails, strict=True))])

    def _compose(self, *arguments: str) -> str:
        profiles = [word for profile in self._profiles for word in ("--profile", profile)]
        command = podman_compose("--project-name", self.name, "--file", str(ROOT / "compose.yaml"), *profiles)
        try:
            return run((*command, *arguments), self.values, seconds=240)
        except CommandError as error:
            raise CommandError(f"{error}\n{self.report()}") from None


def _ports() -> dict[str, str]:
    audio = min(free_port("udp"), 65535 - AUDIO_PORTS)
    return {
        "HTTP_PORT": str(free_port()),
        "LIVEKIT_PORT": str(free_port()),
        "LIVEKIT_TCP_PORT": str(free_port()),
        "LIVEKIT_UDP_PORT": str(free_port("udp")),
        "SIP_PORT": str(free_port()),
        "SIP_AUDIO_PORTS": f"{audio}-{audio + AUDIO_PORTS - 1}",
    }
