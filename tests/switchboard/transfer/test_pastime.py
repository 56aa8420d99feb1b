"""What is left of the waiting once it is over: nothing."""

import asyncio

import pytest

from switchboard.room.agent_track import AgentTrack
from switchboard.transfer import pastime
from switchboard.transfer.pastime import Pastime


@pytest.mark.parametrize("lasts", [10.0, 0.0], ids=["before the music", "with the music"])
async def test_who_is_fetched_from_hold_is_told_nothing_more_that_was_to_be_said_there(
    monkeypatch: pytest.MonkeyPatch, lasts: float
) -> None:
    monkeypatch.setattr(pastime, "SILENCE_SECONDS", lasts)
    telling, over = asyncio.Event(), asyncio.Event()

    async def tell() -> None:
        telling.set()
        try:
            await asyncio.Event().wait()
        finally:
            over.set()

    async def say(_words: str) -> None:
        raise AssertionError("too early")

    track = AgentTrack()
    waiting = Pastime(track, "Please hold.", say)
    waiting.play(tell)
    await telling.wait()
    await asyncio.sleep(0)

    await waiting.stop()

    assert over.is_set()
    await track.aclose()
