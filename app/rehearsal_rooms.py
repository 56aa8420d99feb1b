"""The LiveKit server on which scenarios are held by voice: one of our own, for as long as they take."""

from collections.abc import Awaitable, Callable
from pathlib import Path
from tempfile import TemporaryDirectory

from app.machine import livekit_build, on_this_machine
from rehearsal.rooms import Rooms
from stack.errors import LocalError
from stack.livekit_build import program_here
from stack.livekit_server import start_server
from stack.machine import Machine
from stack.parts import Parts
from switchboard.room.own_frames import keep_frames_apart
from switchboard.room.speaking_rate import reckon_rates_patiently

AGENT = "switchboard"
MISSING = (
    "Scenarios are held by voice on a LiveKit server, and there is none here: run `main.py livekit-server` once, "
    "which builds one in a few minutes."
)


def in_rooms(work: Callable[[Rooms], Awaitable[object]]) -> None:
    """Do something with rooms, which are gone afterwards. Exits with 2, and says why, where there can be none."""

    async def serve(machine: Machine) -> None:
        program = program_here(livekit_build(machine), machine)
        if program is None:
            raise LocalError(MISSING)
        quiet = machine.noting(lambda _: None)
        with TemporaryDirectory(prefix="rehearsal-") as folder:
            async with Parts(quiet, Path(folder), signals=()) as parts:
                server = await start_server(program, quiet, parts, Path(folder))
                await work(Rooms(server.access(AGENT)))

    keep_frames_apart()  # as a worker does
    reckon_rates_patiently()
    on_this_machine(serve)
