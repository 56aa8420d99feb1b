"""From mouth to ear: two people in one room, beside two rooms between which a worker carries their voices.

A warm transfer does the latter, because then nothing can be heard by mistake; this is what it costs. `--help` tells the
options.
"""

import argparse
import asyncio
import json
import logging
import random
import secrets
import shutil
import sys
import tempfile
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from livekit import api, rtc

from bench.caller import QUIET_SECONDS, Caller
from bench.figures import percentile, table
from bench.stack import Stack, running
from stack.errors import LocalError
from switchboard.livekit import token_of
from switchboard.room.agent_track import AgentTrack
from switchboard.room.voice_of import voice_of

SPEAKER, LISTENER, WORKER = "speaker", "listener", "worker"
WAYS = ("one room", "two rooms")
PATIENCE = 10.0
SPOKEN = 0.2


def token(stack: Stack, room: str, identity: str) -> str:
    """Opens `room`."""
    grants = api.VideoGrants(room_join=True, room=room)
    return token_of(stack.livekit).with_identity(identity).with_grants(grants).to_jwt()


@asynccontextmanager
async def apart(stack: Stack, speaker: str, listener: str) -> AsyncIterator[None]:
    """A worker carries the speaker's voice from the one room to the other, as a warm transfer does."""
    here, there, track = rtc.Room(), rtc.Room(), AgentTrack()
    await here.connect(stack.url, token(stack, speaker, WORKER))
    await there.connect(stack.url, token(stack, listener, WORKER))
    await track.publish(there, None)
    carried = asyncio.create_task(track.relay(voice_of(here, SPEAKER)))
    try:
        yield
    finally:
        carried.cancel()
        await asyncio.wait([carried])
        await track.aclose()
        await here.disconnect()
        await there.disconnect()


@asynccontextmanager
async def together(*_: object) -> AsyncIterator[None]:
    """Nobody is between them."""
    yield


async def measure_way(stack: Stack, way: str, times: int) -> list[float]:
    """Milliseconds from the speaker's first sound to the listener's, again and again."""
    first = f"bridge-{secrets.token_hex(4)}"
    second = first if way == "one room" else f"{first}-b"
    speaker, listener = Caller(), Caller()
    async with (together if first == second else apart)(stack, first, second):
        await speaker.connect(stack.url, token(stack, first, SPEAKER))
        await listener.connect(stack.url, token(stack, second, LISTENER))
        try:
            await speaker.mouth.speak(SPOKEN)  # the first sound waits for the connection
            await listener.hears(PATIENCE)
            return [await once(speaker, listener) for _ in range(times)]
        finally:
            await speaker.hang_up()
            await listener.hang_up()


async def once(speaker: Caller, listener: Caller) -> float:
    """One sound, in a silence."""
    await listener.until(lambda: listener.ear.silent, PATIENCE, "there was no silence")
    await asyncio.sleep(QUIET_SECONDS + random.uniform(0, 0.1))
    began = await speaker.mouth.begin(SPOKEN)
    await listener.until(lambda: (listener.ear.began or 0.0) > began, PATIENCE, "nothing was heard")
    assert listener.ear.began is not None
    return (listener.ear.began - began) * 1000


async def measure(folder: Path, times: int) -> dict[str, list[float]]:
    """Both ways in turns, so that the machine is as busy for the one as for the other."""
    found: dict[str, list[float]] = {way: [] for way in WAYS}
    async with running(folder, lambda _: None) as stack:
        for _ in range(5):
            for way in WAYS:
                found[way] += await measure_way(stack, way, max(1, times // 5))
    return found


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure and print."""
    parser = argparse.ArgumentParser(prog="bench.bridge", description="From mouth to ear, in one room and in two.")
    parser.add_argument("--times", type=int, default=100, metavar="N", help="sounds each way (default: 100)")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON on the last line")
    options = parser.parse_args(arguments)
    logging.getLogger("livekit").setLevel(logging.CRITICAL)
    folder = Path(tempfile.mkdtemp(prefix="bench-bridge-"))
    try:
        found = asyncio.run(measure(folder, options.times))
    except LocalError as error:
        print(f"There are no figures. {error}", file=sys.stderr)
        return 1
    shutil.rmtree(folder)
    figures = {way: {f"p{p}": round(percentile(values, p), 1) for p in (50, 95)} for way, values in found.items()}
    rows = [[way, *(f"{each[p]:.0f}" for p in ("p50", "p95"))] for way, each in figures.items()]
    print(table(["mouth to ear, ms", "p50", "p95"], rows))
    if options.json:
        print(json.dumps(figures))
    return 0


if __name__ == "__main__":
    sys.exit(main())
