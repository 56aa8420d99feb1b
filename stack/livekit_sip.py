"""LiveKit SIP on loopback: the service through which phones reach a LiveKit server that is on the same Redis."""

import asyncio
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Self

from stack.livekit_server import write_config
from stack.machine import Machine
from stack.parts import Part, PartError, Parts
from stack.ports import LOOPBACK, Port
from stack.readiness import log_says
from switchboard.settings.schema import LiveKitAccess

WANTED = Port("SIP", 5070, kind="udp")
"""Not SIP's usual 5060, which a softphone on the same machine likes to have."""
AUDIO_FROM = 20000
AUDIO_PORTS = 200
"""A call takes one, keeps it for a while after its end, and passes over those that somebody else has."""
ATTEMPTS = 3


@dataclass(frozen=True)
class LiveKitSip:
    """One LiveKit SIP: its configuration, and the port that phones call (UDP and TCP)."""

    program: Path
    config: Path
    port: Port

    @classmethod
    def prepare(
        cls,
        program: Path,
        folder: Path,
        livekit: LiveKitAccess,
        redis: str,
        port: Port = WANTED,
        audio_from: int = AUDIO_FROM,
    ) -> Self:
        """Choose a port, and write the configuration into `folder`, for this user's eyes only. Raises `LocalError`."""
        sip = cls(program, folder / "livekit-sip.yaml", _free(port))
        settings = {
            "api_key": livekit.key,
            "api_secret": livekit.secret.get_secret_value(),
            "ws_url": livekit.url,
            "redis": {"address": redis},
            "sip_port": sip.port.number,
            "rtp_port": f"{audio_from}-{audio_from + AUDIO_PORTS - 1}",
            "listen_ip": LOOPBACK,
            "local_net": "127.0.0.0/8",
            "nat_1_to_1_ip": LOOPBACK,
            "max_cpu_utilization": 1.0,  # at its 0.9 it rings nobody while this machine is busy with something else
            "logging": {"level": "info"},
        }
        write_config(sip.config, settings)
        return sip

    @property
    def address(self) -> str:
        """Where phones call: a number is dialled as `sip:NUMBER@ADDRESS`."""
        return f"{LOOPBACK}:{self.port.number}"

    @property
    def part(self) -> Part:
        """LiveKit SIP as a part to start."""
        return Part(
            "livekit-sip", (str(self.program), "--config", str(self.config)), log_says("sip signaling listening")
        )


async def start_sip(
    program: Path, machine: Machine, parts: Parts, folder: Path, livekit: LiveKitAccess, redis: str
) -> LiveKitSip:
    """Start LiveKit SIP on a free port, on another if somebody takes that meanwhile. Raises `LocalError`."""
    for attempt in range(1, ATTEMPTS + 1):
        sip = await asyncio.to_thread(LiveKitSip.prepare, program, folder, livekit, redis)
        if sip.port != WANTED:
            machine.say(f"Port {WANTED.number} (SIP) is in use: {sip.port.number} is taken instead.")
        try:
            await parts.start(sip.part)
            return sip
        except PartError:
            if attempt == ATTEMPTS or _both_free(sip.port):
                raise
    raise AssertionError("the last attempt returns or raises")


def _free(port: Port) -> Port:
    """This port, or another number, that is free for UDP and for TCP."""
    while not _both_free(port):
        port = port.another()
    return port


def _both_free(port: Port) -> bool:
    return port.free and replace(port, kind="tcp").free
