"""How many starts of the simulator survive that its first callers all speak at the same moment.

Each start is a process of its own: eSpeak is loaded once a process, by whoever speaks first. `--help` tells how to ask.
"""

import argparse
import asyncio
import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

import aiohttp

if __name__ == "__main__" and not __package__:  # run as a file: the packages of the house stand one folder up
    sys.path[0] = str(Path(__file__).resolve().parents[1])

from bench.rounds import progress
from simulator.mind import Reply, Request, Say
from simulator.server import Simulator
from simulator.voice import synthesize

ROOT = Path(__file__).resolve().parents[1]
LONGEST_START = 60.0
"""In seconds: a start that takes longer hangs."""
REALTIME = "/openai/v1/realtime?model=gpt-realtime-2.1"


class Greeting:
    """Says something else to each caller."""

    def answer(self, request: Request) -> Reply:
        """A sentence with the session in it, so that none is known already."""
        return [Say(f"Hello and welcome to {request.session_id}.")]

    def hear(self, session_id: str) -> str | None:  # noqa: ARG002 - nobody says anything
        """Nothing."""
        return None


def speak_in_threads(callers: int) -> None:
    """The voice alone: so many threads say their first words at the same moment. Raises RuntimeError for silence."""
    ready = threading.Barrier(callers)
    spoken: list[float] = []

    def speak(number: int) -> None:
        ready.wait()
        spoken.append(synthesize(f"Hello, caller number {number}.", "marin", 1.0).ms)

    threads = [threading.Thread(target=speak, args=(number,)) for number in range(callers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if len(spoken) < callers or min(spoken) < 500:
        raise RuntimeError(f"{len(spoken)} of {callers} have spoken")


async def speak_in_calls(callers: int) -> None:
    """A simulator: so many connected callers ask for the first response at the same moment."""
    async with Simulator(Greeting()) as simulator, aiohttp.ClientSession(headers={"api-key": "a-key"}) as http:
        sockets = [await http.ws_connect(simulator.url + REALTIME) for _ in range(callers)]
        for socket in sockets:
            await socket.send_json({"type": "response.create"})
        await asyncio.gather(*(_until_done(socket) for socket in sockets))
        for socket in sockets:
            await socket.close()


async def _until_done(socket: aiohttp.ClientWebSocketResponse) -> None:
    while (event := await socket.receive_json())["type"] != "response.done":
        pass
    if event["response"]["status"] != "completed":
        raise RuntimeError(f"the response ended as {event['response']['status']}")


def how_it_ended(way: str, callers: int) -> str:
    """One start in a process of its own: "well", or what ended it."""
    command = [sys.executable, "-m", "bench.first_words", "--one", way, "--callers", str(callers)]
    try:
        code = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=LONGEST_START, check=False).returncode
    except subprocess.TimeoutExpired:
        return "hung"
    return "well" if code == 0 else f"signal {-code}" if code < 0 else f"exit status {code}"


def main() -> int:
    """Start, count, tell; 1 when not every start went well."""
    parser = argparse.ArgumentParser(prog="bench.first_words", description=__doc__)
    parser.add_argument("--starts", type=int, default=50, help="of each way (50)")
    parser.add_argument("--callers", type=int, default=8, help="that speak at the same moment (8)")
    parser.add_argument("--one", choices=("threads", "calls"), help="only one start, in this process")
    asked = parser.parse_args()
    if asked.one == "threads":
        speak_in_threads(asked.callers)
    elif asked.one == "calls":
        asyncio.run(speak_in_calls(asked.callers))
    if asked.one:
        return 0
    failed = 0
    for way in ("threads", "calls"):
        ends: Counter[str] = Counter()
        for number in range(asked.starts):
            progress(f"{way}: start {number + 1} of {asked.starts}")
            ends[how_it_ended(way, asked.callers)] += 1
        progress("")
        print(f"{way}: {asked.starts} starts, {asked.callers} callers at once: {dict(ends)}")
        failed += asked.starts - ends["well"]
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
