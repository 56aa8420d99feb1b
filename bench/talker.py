"""The simulator of the benchmarks with real callers, as a process: it hears tones and hums at length."""

import argparse
import asyncio
import contextlib
import signal
import sys
from dataclasses import replace

import numpy as np

from simulator.mind import CallTool, Reply, Request, Say
from simulator.options import Options
from simulator.sentences import EXACTLY
from simulator.server import Simulator
from simulator.voice import RATE, Speech, Voice

HUM_HERTZ = 220
HUM_LEVEL = 6000
GREETING = (
    "Yes we will all be near you and we are always willing to rule or allow an error we know or an hour you are away "
    "in an area near a mall or a mill where an annual meal or an ailing animal or our early arrival may yield a royal "
    "wall on all we owe"
)
"""Eleven seconds."""
TO_ESCALATION, TO_PERSON = "transfer_to_escalation", "transfer_to_shop_desk"
CALLING = "I am calling a colleague for you, please stay on the line."
ANSWER = "Okay I see."
"""0.7 seconds."""
RELAYED = ("transfer_to_support", "transfer_to_greeter")
FAREWELL = "I am giving you to a colleague now."


class Hum(Voice):
    """Hums for as long as the words would take, equally loud from the first sample to the last.

    So whoever listens knows to some milliseconds when it began and when it was cut off.
    """

    async def speak(self, text: str, voice: str, speed: float = 1.0) -> Speech:
        """The hum, in the place of `text`."""
        speech = await super().speak(text, voice, speed)
        time = np.arange(len(speech.pcm) // 2) / RATE
        return replace(speech, pcm=(HUM_LEVEL * np.sin(2 * np.pi * HUM_HERTZ * time)).astype(np.int16).tobytes())


class Talker:
    """A mind that greets at length, answers in short, and calls a person for whom asks for one."""

    def answer(self, request: Request) -> Reply:
        """The greeting until the caller has spoken."""
        if exactly := EXACTLY.match(request.extra):
            return [Say(exactly[1])]
        offered = {tool.name for tool in request.tools}
        last = request.items[-1] if request.items else None
        if TO_PERSON in offered and request.extra:
            return [Say(CALLING), CallTool(TO_PERSON, {"reason": "A person, please.", "facts": "", "tried": ""})]
        if TO_ESCALATION in offered and last and "speak to a person" in last.text:
            return [CallTool(TO_ESCALATION, {})]
        spoken = any(item.type == "message" and item.role == "user" for item in request.items)
        return [Say(ANSWER if spoken else GREETING)]

    def hear(self, session_id: str) -> str:  # noqa: ARG002 - the protocol's
        """A tone means the same to everybody."""
        return "Yes."


class Relay(Talker):
    """A mind that answers the first turn, and hands the caller over at the second and, with a word, at the third."""

    def answer(self, request: Request) -> Reply:
        """By the turn; whoever has been given the caller answers."""
        turns = sum(item.type == "message" and item.role == "user" for item in request.items)
        transfer = [CallTool(tool.name, {}) for tool in request.tools if tool.name in RELAYED][:1]
        if not request.items or request.items[-1].role != "user" or turns not in (2, 3):
            return [Say(ANSWER)]
        return transfer if turns == 2 else [Say(FAREWELL), *transfer]


MINDS = {"talker": Talker, "relay": Relay}


async def serve(port: int, options: Options, mind: Talker) -> None:
    """Listen on loopback until SIGTERM."""
    over = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, over.set)
    async with Simulator(mind, options, port=port, voice=Hum()):
        await over.wait()


def main() -> int:
    """Run it."""
    parser = argparse.ArgumentParser(prog="bench.talker", description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--connect-delay", type=int, default=0, metavar="MS")
    parser.add_argument("--first-audio", type=int, default=0, metavar="MS")
    parser.add_argument("--detector", choices=["energy", "silero"], default="energy", help="silero: tones are no words")
    parser.add_argument("--mind", choices=list(MINDS), default="talker")
    given = parser.parse_args()
    options = Options(
        detector=given.detector, connect_delay=given.connect_delay / 1000, first_audio=given.first_audio / 1000
    )
    with contextlib.suppress(KeyboardInterrupt):
        asyncio.run(serve(given.port, options, MINDS[given.mind]()))
    return 0


if __name__ == "__main__":
    sys.exit(main())
