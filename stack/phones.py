"""All that phone calls need on this machine: Redis, a LiveKit server that is on it, and LiveKit SIP beside that."""

from dataclasses import dataclass
from pathlib import Path

from stack.livekit_build import LiveKitBuild, find_program
from stack.livekit_server import LiveKitServer, start_server
from stack.livekit_sip import LiveKitSip, start_sip
from stack.machine import Machine
from stack.parts import Parts
from stack.redis import Redis, find_redis, start_redis
from switchboard.settings.schema import LiveKit, LiveKitAccess


@dataclass(frozen=True)
class Phones:
    """The three of them, running; `livekit` tells how to reach the server."""

    redis: Redis
    server: LiveKitServer
    sip: LiveKitSip
    livekit: LiveKitAccess


async def provide_phones(
    chosen: LiveKit, server: LiveKitBuild, sip: LiveKitBuild, machine: Machine, parts: Parts, folder: Path
) -> Phones:
    """Start all three among `parts`, on loopback, building first what there is not. Raises `LocalError`.

    A LiveKit server that is set is not used: only who runs it can put it on a Redis.
    """
    find_redis(machine)  # before builds that take minutes
    server_program, sip_program = await find_program(server, machine), await find_program(sip, machine)
    redis = await start_redis(machine, parts)
    running = await start_server(server_program, machine, parts, folder, redis.address)
    access = running.access(chosen.agent_name)
    phones = await start_sip(sip_program, machine, parts, folder, access, redis.address)
    return Phones(redis, running, phones, access)
