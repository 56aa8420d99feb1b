"""One pair of ears for all sessions: frames that wait at the same moment are judged together, beside the event loop."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import zip_longest
from typing import Protocol

from simulator.detector import Heard, SpeechDetector

PAUSE = 0.01
"""Seconds between two rounds, in which the frames of many sessions gather. Who comes after that need not wait."""
MOST = 30
"""Frames of a session in one round: more is no conversation, and must not keep the others waiting."""


class Listening(Protocol):
    """A session whose frames are to be judged."""

    def ask(self, most: int) -> Sequence[Heard]:
        """So many of its frames, in order; the next are asked for when these are judged."""
        ...

    def judged(self, speech: Sequence[bool]) -> None:
        """Which of these frames are speech."""


class Hearing:
    """Judges frames in rounds, as long as there are any."""

    def __init__(self, detector: SpeechDetector) -> None:
        self.frame_ms, self.frames = detector.frame_ms, detector.frames
        self._detector = detector
        self._waiting: dict[Listening, None] = {}
        self._not_before = 0.0
        self._rounds: asyncio.Task[None] | None = None

    def judge_soon(self, session: Listening) -> None:
        """Judge its frames together with those that other sessions have by then."""
        self._waiting[session] = None
        if self._rounds is None or self._rounds.done():
            self._rounds = asyncio.get_running_loop().create_task(self._go_round())

    async def _go_round(self) -> None:
        loop = asyncio.get_running_loop()
        while self._waiting:
            await asyncio.sleep(self._not_before - loop.time())
            self._not_before = loop.time() + PAUSE
            asked = [(session, session.ask(MOST)) for session in self._waiting]
            self._waiting = {}
            verdicts = await loop.run_in_executor(_THREAD, self._judge, [frames for _, frames in asked])
            for (session, _), speech in zip(asked, verdicts, strict=True):
                # Not here and now: what one session makes of it is no matter of the others.
                loop.call_soon(session.judged, speech)

    def _judge(self, sessions: Sequence[Sequence[Heard]]) -> list[list[bool]]:
        verdicts: list[list[bool]] = [[] for _ in sessions]
        for frames in zip_longest(*sessions):
            there = [(frame, mine) for frame, mine in zip(frames, verdicts, strict=True) if frame is not None]
            for (_, mine), speech in zip(there, self._detector.judge([frame for frame, _ in there]), strict=True):
                mine.append(speech)
        return verdicts


_THREAD = ThreadPoolExecutor(1, "hearing")
"""The only one of this process: the model computes there, while the event loop goes on."""
