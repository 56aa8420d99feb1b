"""`python -m tests.outages.service --port N`: a realtime service as a process, whose model tells all that it knows.

So whatever is lost or comes twice is in its next answer. With `--standby` it is there at SIGUSR1, and at once.
"""

import argparse
import asyncio
import re
import signal
import sys

from simulator.mind import CallTool, Reply, Request, Say
from simulator.options import Options
from simulator.sentences import CUT, EXACTLY
from simulator.server import Simulator

TALE = (
    "Once upon a time there was a parcel that went on a long journey through many towns, over two rivers and a "
    "mountain, and everybody who saw it asked where it was going, and it always said that it was going home"
)
TO_SUPPORT, PROVE = "put me through", "this is Amelia"
NUMBER, POSTCODE = "10042", "SW1A 2AA"
STANDS_BY = "stands by\n"


class Parrot:
    """Tells what the caller has said, all of it; or the tale; or does what it is asked to."""

    def answer(self, request: Request) -> Reply:
        """Do what was said last."""
        if exactly := EXACTLY.match(request.extra):
            return [Say(exactly["text"])]
        if cut := CUT.search(request.extra):
            return [Say(TALE[len(cut["heard"]) :].strip())]
        last = request.items[-1] if request.items else None
        if last and last.type == "function_call_output" and not request.extra:
            return [Say(f"I have found: {last.output}")]
        said = [item.text for item in request.items if item.type == "message" and item.role == "user"]
        if request.extra or not said:
            return [Say("Hello, this is an automated assistant.")]
        return self._obey(said)

    def hear(self, session_id: str) -> str:
        """Nothing: these callers type."""
        return ""

    def _obey(self, said: list[str]) -> Reply:
        if said[-1] == TO_SUPPORT:
            return [CallTool("transfer_to_support", {})]
        if said[-1] == PROVE:
            return [CallTool("verify_caller", {"order_number": NUMBER, "postcode": POSTCODE})]
        if re.search("tale", said[-1]):
            return [Say(TALE)]
        return [Say(told(said))]


def told(said: list[str]) -> str:
    """What the model tells that it has heard."""
    return f"I have heard {', then '.join(said)}."


async def serve(port: int) -> None:
    """Until it is killed."""
    async with Simulator(Parrot(), Options(), port=port):
        await asyncio.Event().wait()


def stand_by() -> None:
    """Until it is wanted."""
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
    sys.stdout.write(STANDS_BY)
    sys.stdout.flush()
    signal.sigwait([signal.SIGUSR1])


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--standby", action="store_true")
    options = parser.parse_args()
    if options.standby:
        stand_by()
    asyncio.run(serve(options.port))
