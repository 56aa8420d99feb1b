"""The line's own words as sound: in the voice of the agent at hand, else as they were recorded."""

import asyncio
from collections.abc import Iterator
from typing import Any

import structlog
from livekit import rtc
from livekit.agents import AgentSession, APIError, tts

from switchboard.ladder.recorded import RATE, recorded
from switchboard.services.speech import Chain

log = structlog.get_logger(__name__)

FRAME = RATE // 50


class Phrases:
    """Of one call."""

    def __init__(self, session: AgentSession[Any]) -> None:
        self._session = session
        self._spoken: dict[tuple[int, str], bytes] = {}

    async def of(self, words: str, seconds: float, *, without_model: bool) -> list[rtc.AudioFrame]:
        """`words` in frames of 20 ms (24 kHz, mono), within so many seconds; none if nobody can say them.

        Where there is no time, nobody is asked: those that were said before are there, and recordings are.
        `without_model`: it has enough to do, or is not there.
        """
        pcm = await self._spoken_by_the_agent(words, seconds, without_model) or recorded(words) or b""
        return list(_frames(pcm))

    async def _spoken_by_the_agent(self, words: str, seconds: float, without_model: bool) -> bytes:
        chain = self._session.current_agent.tts
        speech = chain.asides(without_model=without_model) if isinstance(chain, Chain) else None
        key = (id(chain), words)
        if speech and key not in self._spoken and seconds > 0:
            try:
                async with asyncio.timeout(seconds):
                    self._spoken[key] = await _synthesized(speech, words)
            except (APIError, TimeoutError) as error:
                log.warning("a word of the line's was not spoken: its recording is played", error=type(error).__name__)
        return self._spoken.get(key, b"")


async def _synthesized(speech: tts.TTS[Any], words: str) -> bytes:
    async with speech.synthesize(words) as pieces:
        return b"".join([bytes(piece.frame.data) async for piece in pieces])


def _frames(pcm: bytes) -> Iterator[rtc.AudioFrame]:
    for start in range(0, len(pcm), FRAME * 2):
        yield rtc.AudioFrame(pcm[start : start + FRAME * 2].ljust(FRAME * 2, b"\0"), RATE, 1, FRAME)
