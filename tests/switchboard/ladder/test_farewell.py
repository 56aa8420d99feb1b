"""The last words of a call whose service does not come back."""

import asyncio
from collections.abc import Iterable

import pytest
from livekit import rtc

from switchboard.ladder import speaker as module
from switchboard.ladder.farewell import Farewell
from switchboard.ladder.phrases import Phrases
from switchboard.ladder.speaker import Speaker
from switchboard.ledger.events import AgentSpoke, Ended
from switchboard.line.words import Words
from switchboard.room.agent_track import AgentTrack
from tests.stage.stage import PATIENCE, Stage, staged
from tests.switchboard.ladder.track import Track

SORRY = Words().moment
"""A short one of those that are recorded."""
SECOND = rtc.AudioFrame(bytes(48_000), 24_000, 1, 24_000)


async def says(stage: Stage, track: AgentTrack | None) -> tuple[list[str], str]:
    """What it says, and why the call has ended then."""
    talk, before = stage.conversation, len(stage.of(AgentSpoke))
    async with asyncio.timeout(PATIENCE):
        speaker = Speaker(talk.call, Phrases(talk.session), track)
        await Farewell(talk.call, talk.ending, Words(sorry=SORRY), speaker).bid()
        await talk.ending.over.wait()
    if track:
        await track.aclose()
    assert {spoke.agent for spoke in stage.of(AgentSpoke)} == {"reception"}
    return [spoke.text for spoke in stage.of(AgentSpoke)[before:]], stage.of(Ended)[0].reason


async def test_who_hears_is_told_in_words_and_sound_in_place_of_what_was_being_said(database_url: str) -> None:
    async with staged(database_url) as stage:
        track = Track()
        await track.capture_frame(SECOND)

        assert await says(stage, track) == ([SORRY], "unserved")
        assert (track.words, track.cut, track.talking) == (1, 0, False)


async def test_who_reads_is_told_in_words(database_url: str) -> None:
    async with staged(database_url, typed=True) as stage:
        assert await says(stage, None) == ([SORRY], "unserved")


async def test_a_phone_that_nobody_picks_up_ends_without_a_word(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "HEARING_SECONDS", 0.05)
    async with staged(database_url) as stage:
        track = Track()
        track.heard.clear()

        assert await says(stage, track) == ([], "unserved")
        assert track.words == 0


async def test_the_first_words_are_made_ready_while_the_phone_is_answered(
    database_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    track, fetched = Track(), Phrases.of
    track.heard.clear()

    async def answered_meanwhile(
        phrases: Phrases, words: str, seconds: float, *, without_model: bool
    ) -> list[rtc.AudioFrame]:
        track.heard.set()
        return await fetched(phrases, words, seconds, without_model=without_model)

    monkeypatch.setattr(Phrases, "of", answered_meanwhile)
    async with staged(database_url) as stage:
        assert await says(stage, track) == ([SORRY], "unserved")
        assert track.words == 1


async def test_a_call_that_is_over_is_not_told_again(database_url: str) -> None:
    async with staged(database_url) as stage:
        track = Track()
        stage.conversation.ending.finish("caller_left")

        assert await says(stage, track) == ([], "caller_left")
        assert track.words == 0


class StuckTrack(Track):
    """Never comes to its end, as with a caller whose connection is dead."""

    async def say(self, frames: Iterable[rtc.AudioFrame]) -> None:
        await asyncio.Event().wait()


async def test_words_that_come_to_no_end_keep_no_call_open(database_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "SPEAKING_SECONDS", 0.2)
    async with staged(database_url) as stage:
        assert (await says(stage, StuckTrack()))[1] == "unserved"
