"""A sentence in the place of an answer that the service's content filter has cut: nobody is left without a word."""

from collections.abc import AsyncIterator
from typing import Any

from livekit import rtc
from livekit.agents import AgentSession

from switchboard.background import Background
from switchboard.ladder.phrases import Phrases

FETCH_SECONDS = 1.5


class Excuse:
    """Of one call. The agent says `words`, after what was heard of its answer."""

    def __init__(self, session: AgentSession[Any], words: str, phrases: Phrases, background: Background) -> None:
        self._session = session
        self._words = words
        self._phrases = phrases
        self._background = background

    def make(self) -> None:
        """Say it."""
        self._background.run(self._say(), "excuse a cut answer")

    async def _say(self) -> None:
        frames = await self._phrases.of(self._words, FETCH_SECONDS, without_model=False)
        self._session.say(self._words, audio=_each(frames))


async def _each(frames: list[rtc.AudioFrame]) -> AsyncIterator[rtc.AudioFrame]:
    for frame in frames:
        yield frame
