"""Callers of the simulator on bare sockets, who speak without end and are spoken to: how late is each event?"""

import asyncio
import base64
import json
import time
from collections.abc import Sequence
from typing import Any, Literal, TypeAlias

import aiohttp

from bench.figures import Figures
from bench.spoken import spoken
from simulator.voice import BYTES_PER_MS

Of: TypeAlias = Literal["confirmation", "first sound", "sound", "end of a turn"]

REALTIME = "/openai/v1/realtime?model=gpt-realtime-2.1"
SAID = "Hello, where is my order? The number is one zero zero four two."
PIECE_MS = 100
PIECE = PIECE_MS * BYTES_PER_MS
PAUSE = bytes(7 * PIECE)
ASK_EVERY = 10
"""Pieces between two questions that need an answer at once."""
PLAYS = 90
"""So many pieces an answer plays; then the caller asks for the next."""
PACE, CHUNK = 8.0, 0.1
"""The simulator's: so many times as fast as it plays, and so many seconds in each event."""
SOUND = '{"type": "response.output_audio.delta"'
DETECTION = {"type": "server_vad", "create_response": False, "interrupt_response": False}
SETTINGS = {
    "type": "realtime",
    "instructions": "You are on the line.",
    "audio": {
        "input": {"turn_detection": {"type": "server_vad", "create_response": False, "interrupt_response": False}}
    },
}


def pieces() -> list[str]:
    """What every caller says over and over, as frames."""
    said = spoken(SAID)
    pcm = said + bytes(-len(said) % PIECE) + PAUSE
    return [_append(pcm[start : start + PIECE]) for start in range(0, len(pcm), PIECE)]


def _append(pcm: bytes) -> str:
    return json.dumps({"type": "input_audio_buffer.append", "audio": base64.b64encode(pcm).decode()})


class Talk:
    """One caller, from the first word to the last."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse, frames: Sequence[str], lags: Figures[Of]) -> None:
        self._socket = socket
        self._frames = frames
        self._lags = lags
        self._sent: list[float] = []
        """When each piece was sent."""
        self._asked: list[float] = []
        """When each question was sent that has no answer yet."""
        self._answer_asked = 0.0
        self._first_sound = 0.0
        self._sounds = 0
        self._over = False

    async def hold(self, begin: float, seconds: float, first: int) -> None:
        """Speak from `begin` on and ask for an answer in the piece `first`. Raises ConnectionError if it is hung up."""
        listening = asyncio.create_task(self._listen())
        await self._speak(begin, round(seconds * 1000 / PIECE_MS), first)
        self._over = True
        await self._socket.close()
        await listening

    async def _speak(self, begin: float, count: int, first: int) -> None:
        for number in range(count):
            due = begin + number * PIECE_MS / 1000
            await asyncio.sleep(due - time.monotonic())
            self._sent.append(time.monotonic())
            await self._socket.send_str(self._frames[number % len(self._frames)])
            if number % ASK_EVERY == 0:
                await self._ask()
            if number % PLAYS == first % PLAYS:
                await self._ask_for_an_answer()

    async def _ask(self) -> None:
        self._asked.append(time.monotonic())
        await self._send({"type": "session.update", "session": SETTINGS})

    async def _ask_for_an_answer(self) -> None:
        self._answer_asked, self._sounds = time.monotonic(), 0
        await self._send({"type": "response.create"})

    async def _send(self, event: dict[str, Any]) -> None:
        await self._socket.send_str(json.dumps(event))

    async def _listen(self) -> None:
        async for message in self._socket:
            now = time.monotonic()
            if message.data.startswith(SOUND):
                self._sound(now)
            else:
                self._event(json.loads(message.data), now)
        if not self._over:
            raise ConnectionError(f"the simulator hung up with {self._socket.close_code}")

    def _sound(self, now: float) -> None:
        if self._sounds == 0:
            self._first_sound = now
            self._lags.add("first sound", now - self._answer_asked)
        else:
            self._lags.add("sound", max(0.0, now - self._first_sound - self._sounds * CHUNK / PACE))
        self._sounds += 1

    def _event(self, event: dict[str, Any], now: float) -> None:
        if event["type"] == "session.updated":
            self._lags.add("confirmation", now - self._asked.pop(0))
        elif event["type"] == "input_audio_buffer.speech_stopped":
            piece = (event["audio_end_ms"] - 1) // PIECE_MS
            self._lags.add("end of a turn", now - self._sent[piece])
        elif event["type"] == "error":
            raise ConnectionError(f"the simulator refused: {event['error']['code']}")


async def talk(url: str, sessions: int, seconds: float) -> Figures[Of]:
    """So many callers at once; all lags of theirs. Raises ConnectionError and aiohttp.ClientError."""
    lags, frames = Figures[Of](), pieces()
    connector = aiohttp.TCPConnector(limit=0)
    async with aiohttp.ClientSession(headers={"api-key": "a-key"}, connector=connector) as http:
        sockets = [await http.ws_connect(url + REALTIME, max_msg_size=0) for _ in range(sessions)]
        begin = time.monotonic() + 0.5
        holds = [
            # Callers do not speak in step.
            Talk(socket, frames, lags).hold(begin + part * PIECE_MS / 1000, seconds, round(part * PLAYS))
            for socket, part in ((socket, number / sessions) for number, socket in enumerate(sockets))
        ]
        await asyncio.gather(*holds)
    return lags
