"""A call in a real room, and what is kept of its sound."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from livekit import rtc

from simulator.options import Options
from switchboard.ledger.events import AgentSpoke, CallerSpoke, HandoffDone, Recording, RecordingStage
from switchboard.line.sentences import DISCLOSURE, RECORDED, STILL_TO_SAY_RECORDED
from switchboard.line.workflow import Workflow
from switchboard.room.agent_track import AgentTrack
from switchboard.room.heard_source import HeardSource
from switchboard.room.voice_of import RATE, voice_of
from tests.livekit import LiveKitServer, livekit_server
from tests.stage.room import Booth, booth
from tests.stage.stage import LINE, with_line
from tests.switchboard.recording.heard import Heard

__all__ = ["livekit_server"]

RECORDED_LINE = with_line(recorded=True, secrets=frozenset({"code"}))
APART = 0.04
"""What is measured in a recording and in the ledger may be so far apart."""
GAP = 0.35
"""Less is a gap in what one agent says, where a worker was busy."""
SILENT = 0.001
"""Opus lets a sound fade."""


@dataclass
class Room:
    """Makes calls whose sound is kept in `folder`."""

    server: LiveKitServer
    database_url: str
    monkeypatch: pytest.MonkeyPatch
    folder: Path

    @asynccontextmanager
    async def call(
        self, line: Workflow = RECORDED_LINE, *, greeted: bool = True, options: Options | None = None, **environ: str
    ) -> AsyncIterator[Booth]:
        where: dict[str, Any] = {"RECORDINGS_URL": f"file://{self.folder}"} | environ
        async with booth(
            self.server, self.database_url, self.monkeypatch, line=line, greeted=greeted, options=options, **where
        ) as this:
            yield this
            this.conversation.ending.finish("caller_left")

    def lane(self, this: Booth, name: str) -> Heard:
        return Heard.lane(self.folder, this.conversation.ledger.call_id, name)


@pytest.fixture
def room(livekit_server: LiveKitServer, database_url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Room:
    return Room(livekit_server, database_url, monkeypatch, tmp_path / "kept")


def stages(this: Booth) -> list[RecordingStage]:
    return [each.stage for each in this.of(Recording)]


async def until_stage(this: Booth, stage: RecordingStage) -> Recording:
    await this.record.until(lambda: stage in stages(this))
    found: Recording = next(each for each in this.of(Recording) if each.stage == stage)
    return found


@pytest.mark.parametrize("busy", [0.0, 0.2])
async def test_the_silence_of_a_handoff_is_as_long_in_the_recording_as_in_the_ledger(
    room: Room, monkeypatch: pytest.MonkeyPatch, busy: float
) -> None:
    heard, started = HeardSource.wait_for_playout, AgentTrack.on_playback_started

    async def heard_and_busy(source: HeardSource) -> None:
        await heard(source)
        time.sleep(busy)  # noqa: ASYNC251 - so does a worker that computes something else when a sound ends

    def started_and_busy(track: AgentTrack, *, created_at: float) -> None:
        asyncio.get_running_loop().call_soon(time.sleep, busy / 2)  # and when one begins, which then has a gap
        started(track, created_at=created_at)

    monkeypatch.setattr(HeardSource, "wait_for_playout", heard_and_busy)
    monkeypatch.setattr(AgentTrack, "on_playback_started", started_and_busy)
    async with room.call(options=Options(first_audio=0.4)) as this:
        this.type("to desk: goodbye then")
        done = await this.first(HandoffDone)
        await this.idle()

    agent = room.lane(this, "agent")
    assert done.silence_ms > 200
    (_, ends), (begins, _) = [speech for speech in agent.sounds(GAP) if speech[0] < done.at + APART][-2:]
    assert begins - ends == pytest.approx(done.silence_ms / 1000, abs=APART)
    assert agent.peaks_agree()


async def test_what_the_caller_says_stands_where_the_worker_has_heard_it(
    room: Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    pieces: list[tuple[float, np.ndarray]] = []

    async def noted(*asked: Any) -> AsyncIterator[rtc.AudioFrame]:
        async for frame in voice_of(*asked):
            pieces.append((time.monotonic(), np.frombuffer(bytes(frame.data), np.int16)))
            yield frame

    monkeypatch.setattr("switchboard.recording.recorder.voice_of", noted)
    async with room.call() as this:
        told = await until_stage(this, "announced")
        this.mouth.say("hello there")
        await this.record.until(lambda: len(this.of(AgentSpoke)) > 1)

    began = this.conversation.ledger._began
    given = Heard.given([(at - began, samples) for at, samples in pieces], RATE).sounds()
    kept = room.lane(this, "caller").sounds()
    assert np.array(kept) == pytest.approx(np.array([each for each in given if each[0] > told.at]), abs=APART)


async def test_an_agent_who_is_interrupted_is_silent_in_the_recording_as_well(room: Room) -> None:
    async with room.call() as this:
        this.type("tell me a long story")
        await this.ears.until_loud(time.monotonic())
        await this.ears.until(time.monotonic() + 1)
        said = len(this.of(AgentSpoke))
        this.conversation.session.interrupt()
        await this.record.until(lambda: len(this.of(AgentSpoke)) > said)
        await this.idle()

    broken = this.of(AgentSpoke)[said]
    assert broken.interrupted
    assert room.lane(this, "agent").loudest(broken.at + APART, broken.at + 0.5) < 0.05


async def test_the_caller_is_told_and_recorded_from_then_on(room: Room) -> None:
    async with room.call(options=Options(pace=1.0)) as this:
        told = await until_stage(this, "announced")
        this.mouth.say("hello")
        await this.record.until(lambda: len(this.of(AgentSpoke)) > 1)

    assert this.mind.requests[0].extra.endswith(f"{DISCLOSURE} {RECORDED}")
    assert this.of(AgentSpoke)[0].at <= told.at
    assert room.lane(this, "caller").sounds()[0][0] > told.at
    assert stages(this) == ["began", "announced", "began", "stored"]


async def test_who_speaks_into_the_greeting_is_not_recorded_before_they_have_heard_that_they_are(room: Room) -> None:
    async with room.call(greeted=False) as this:
        this.mind.will_hear("a word before")
        await this.ears.until_loud(this.conversation.ledger._began)
        this.mouth.say("a word before")
        told = await until_stage(this, "announced")
        this.mind.will_hear("and one after")
        this.mouth.say("and one after")
        await this.record.until(lambda: len(this.of(CallerSpoke)) > 1)

    assert any(STILL_TO_SAY_RECORDED in item.text for item in this.mind.requests[-1].items)
    assert room.lane(this, "caller").sounds()[0][0] > told.at


async def test_a_line_that_is_not_recorded_keeps_no_sound_and_says_nothing_of_it(room: Room) -> None:
    async with room.call(LINE) as this:
        pass

    assert this.of(Recording) == []
    assert RECORDED not in this.mind.requests[0].extra
    assert not room.folder.exists()


async def test_a_line_that_has_no_place_to_keep_it_says_nothing_of_it(room: Room) -> None:
    async with room.call(RECORDINGS_URL="") as this:
        pass

    assert this.of(Recording) == []
    assert RECORDED not in this.mind.requests[0].extra


async def test_no_sound_of_a_secret_that_is_typed_is_kept_and_nothing_that_says_it(room: Room) -> None:
    async with room.call() as this:
        await until_stage(this, "announced")
        this.mouth.say("I am typing it one two three four five six seven eight nine")
        await this.press("1", "2", "3", "4", "#")
        typed = await until_stage(this, "paused")
        resumed = await until_stage(this, "resumed")
        this.mind.will_hear("and now it goes on")
        this.mouth.say("and now it goes on")
        spoken = len(this.of(AgentSpoke))
        await this.record.until(lambda: len(this.of(AgentSpoke)) > spoken)
        await this.idle()

    assert any("1234" in item.text for item in this.mind.requests[-2].items), "the agent has said it"
    assert typed.since is not None
    for name in ("caller", "agent"):
        lane = room.lane(this, name)
        assert lane.loudest(typed.since + APART, resumed.at - APART) < SILENT, name
        assert lane.loudest(resumed.at, resumed.at + 60) > 0.05, name
        assert max(lane.peaks[round((typed.since + APART) * 50) : round((resumed.at - APART) * 50)]) == 0, name


async def test_no_sound_of_a_secret_that_is_asked_for_is_kept(room: Room) -> None:
    async with room.call() as this:
        await until_stage(this, "announced")
        this.type("ask me for the code")  # the agent says what it has heard, "the code" with it
        asked = await until_stage(this, "paused")
        this.mind.will_hear("one two three four")
        this.mouth.say("one two three four")
        resumed = await until_stage(this, "resumed")
        await this.idle()

    assert asked.reason == "asked for"
    for name in ("caller", "agent"):
        assert room.lane(this, name).loudest(asked.at, resumed.at - APART) < SILENT, name


async def test_a_recording_that_cannot_be_kept_does_not_end_the_call(room: Room) -> None:
    room.folder.write_text("a file where a folder should be")
    async with room.call() as this:
        this.type("hello")
        await this.record.until(lambda: len(this.of(AgentSpoke)) > 1)

    assert stages(this)[-1] == "failed"
    assert this.record.events[-1].kind == "recording"


async def test_a_recording_that_fails_in_the_call_does_not_end_it(room: Room) -> None:
    async with room.call() as this:
        await until_stage(this, "began")

        def broken() -> None:
            raise ValueError("whatever an encoder may raise")

        this.conversation._recorder._work.append(broken)  # type: ignore[union-attr]
        failed = await until_stage(this, "failed")
        this.type("hello")
        spoken = len(this.of(AgentSpoke))
        await this.record.until(lambda: len(this.of(AgentSpoke)) > spoken)
        await asyncio.sleep(0)

    assert failed.reason == "ValueError"
    assert stages(this).count("failed") == 1
    assert not room.folder.exists()
