"""`python -m tests.outages.away URL TOKEN`: a caller in a process of their own; stop it, and their network is away.

A line of standard input is typed; what an agent says is a line of standard output, as often as it grows.
"""

import asyncio
import sys

from tests.browser.participant import TRANSCRIPTS, Participant


class Reported(Participant):
    """Tells what agents say."""

    def _note(self, topic: str, text: str) -> None:
        super()._note(topic, text)
        if topic == TRANSCRIPTS:
            print(text, flush=True)  # noqa: T201 - this is what the program is for


async def stay(url: str, token: str) -> None:
    """Until there is nothing more to type."""
    caller = Reported()
    await caller.room.connect(url, token)
    while words := (await asyncio.to_thread(sys.stdin.readline)).strip():
        await caller.say(words)
    await caller.room.disconnect()


if __name__ == "__main__":
    asyncio.run(stay(*sys.argv[1:]))
