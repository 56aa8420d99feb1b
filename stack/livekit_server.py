"""A LiveKit server for this machine: the one that is set, or one that we find or build, and run on loopback."""

import asyncio
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Self

from livekit.api import AccessToken, VideoGrants
from pydantic import SecretStr

from stack.errors import explained
from stack.livekit_build import LiveKitBuild, find_program
from stack.machine import Machine
from stack.parts import Part, PartError, Parts
from stack.ports import EVERY_ADDRESS, LOOPBACK, Port, take
from stack.readiness import http_ok, http_status
from switchboard.settings.schema import LiveKit, LiveKitAccess

PORTS = (
    Port("LiveKit", 7880),
    Port("LiveKit's audio over TCP", 7881, host=EVERY_ADDRESS),  # the server offers no way to bind this one to loopback
    Port("LiveKit's audio over UDP", 7882, kind="udp"),
)
API_KEY = "switchboard"
ATTEMPTS = 3
AGAIN_SECONDS = 0.3
"""The server waits for callers to leave unless it is asked twice; and it misses a SIGTERM in its first 0.1 s."""


@dataclass(frozen=True)
class LiveKitServer:
    """One server on loopback: its ports and a secret of its own. Keep it to start the same server again."""

    program: Path
    config: Path
    ports: tuple[Port, ...]
    secret: SecretStr
    redis: str = ""
    """The address of the Redis that it shares with LiveKit SIP, if there are phones."""

    @classmethod
    def prepare(
        cls, program: Path, folder: Path, machine: Machine, ports: tuple[Port, ...] = PORTS, redis: str = ""
    ) -> Self:
        """Choose ports and a secret, and write the configuration into `folder`, for this user's eyes only."""
        chosen, moved = take(*ports)
        for line in moved:
            machine.say(line)
        server = cls(program, folder / "livekit.yaml", chosen, SecretStr(secrets.token_urlsafe(32)), redis)
        write_config(server.config, server._settings)
        return server

    def access(self, agent_name: str) -> LiveKitAccess:
        """How to reach this server, for agents of that name."""
        return LiveKitAccess(f"ws://{LOOPBACK}:{self.ports[0].number}", API_KEY, self.secret, agent_name)

    @property
    def part(self) -> Part:
        """The server as a part to start."""
        command = (str(self.program), "--config", str(self.config))
        return Part("livekit", command, self._ready, again_seconds=AGAIN_SECONDS)

    @property
    def _settings(self) -> dict[str, object]:
        signal, tcp, udp = (port.number for port in self.ports)
        return {
            "port": signal,
            "bind_addresses": [LOOPBACK],
            "rtc": {
                "tcp_port": tcp,
                "udp_port": udp,
                "node_ip": LOOPBACK,
                "use_external_ip": False,
                "interfaces": {"includes": ["lo", "lo0"]},
                "enable_loopback_candidate": True,
            },
            "keys": {API_KEY: self.secret.get_secret_value()},
            "logging": {"level": "info"},
            **({"redis": {"address": self.redis}} if self.redis else {}),
        }

    async def _ready(self, log: Path) -> bool:
        """Whether a server answers, and takes our secret: another one may have been quicker to take the port."""
        address = f"http://{LOOPBACK}:{self.ports[0].number}"
        if not await http_ok(address)(log):
            return False
        grants = VideoGrants(room_list=True)
        token = AccessToken(API_KEY, self.secret.get_secret_value()).with_grants(grants).to_jwt()
        rooms = f"{address}/twirp/livekit.RoomService/ListRooms"
        return await asyncio.to_thread(http_status, "POST", rooms, token, "{}") == 200


async def provide_server(
    chosen: LiveKit, build: LiveKitBuild, machine: Machine, parts: Parts, folder: Path
) -> LiveKitAccess:
    """How to reach a LiveKit server: the one of the settings, or one that is started among `parts`, without phones.

    Raises `LocalError` if there is no way to one.
    """
    if access := chosen.access:
        machine.note(f"LiveKit server: {access.url} (LIVEKIT_URL).")
        return access
    server = await start_server(await find_program(build, machine), machine, parts, folder)
    return server.access(chosen.agent_name)


def write_config(path: Path, settings: Mapping[str, object]) -> None:
    """Write what one of LiveKit's programs is configured with, for this user's eyes only. Raises `LocalError`."""
    with explained("Writing LiveKit's configuration"):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.unlink(missing_ok=True)
        path.touch(mode=0o600)
        path.write_text(json.dumps(settings, indent=2))  # JSON is YAML, too


async def start_server(program: Path, machine: Machine, parts: Parts, folder: Path, redis: str = "") -> LiveKitServer:
    """Start a server on free ports, on others if somebody takes one of them meanwhile. Raises `PartError`."""
    for attempt in range(1, ATTEMPTS + 1):
        server = LiveKitServer.prepare(program, folder, machine, redis=redis)
        try:
            await parts.start(server.part)
            return server
        except PartError:
            if attempt == ATTEMPTS or all(port.free for port in server.ports):
                raise
    raise AssertionError("the last attempt returns or raises")
