"""A Redis for this machine: what LiveKit's server and LiveKit SIP talk through. It keeps nothing."""

import asyncio
import socket
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from stack.errors import LocalError
from stack.machine import Machine
from stack.parts import Part, PartError, Parts
from stack.ports import LOOPBACK, Port, take

NAME = "redis-server"
WANTED = Port("Redis", 6379)
ATTEMPTS = 3
ANSWER_SECONDS = 1.0


@dataclass(frozen=True)
class Redis:
    """One Redis on loopback, in memory only."""

    program: Path
    port: Port

    @property
    def address(self) -> str:
        return f"{LOOPBACK}:{self.port.number}"

    @property
    def part(self) -> Part:
        """Redis as a part to start."""
        place = ("--port", str(self.port.number), "--bind", LOOPBACK)
        return Part("redis", (str(self.program), *place, "--save", "", "--appendonly", "no"), self._ready)

    async def _ready(self, _log: Path) -> bool:
        return await asyncio.to_thread(answers, self.port.number)


def find_redis(machine: Machine) -> Path:
    """Redis on the PATH. Raises `LocalError`."""
    if found := machine.find(NAME):
        return found
    raise LocalError("Phone calls need Redis, which this machine lacks: apt-get install redis-server")


async def start_redis(machine: Machine, parts: Parts) -> Redis:
    """Start a Redis on a free port, on another if somebody takes that meanwhile. Raises `LocalError`."""
    program = find_redis(machine)
    for attempt in range(1, ATTEMPTS + 1):
        (port,), moved = take(WANTED)
        for line in moved:
            machine.say(line)
        redis = Redis(program, port)
        try:
            await parts.start(redis.part)
            return redis
        except PartError:
            if attempt == ATTEMPTS or port.free:
                raise
    raise AssertionError("the last attempt returns or raises")


def answers(port: int) -> bool:
    """Whether a Redis on this port of loopback answers."""
    with suppress(OSError), socket.create_connection((LOOPBACK, port), ANSWER_SECONDS) as connection:
        connection.settimeout(ANSWER_SECONDS)
        connection.sendall(b"PING\r\n")
        return connection.recv(16).startswith(b"+PONG")
    return False
