"""A recorder whose disk is full, whose storage is dead, or whose thread does not keep up costs nobody the call."""

import asyncio
import subprocess
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest
from livekit import rtc
from sqlalchemy import func, select

from stack.ports import free_port
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import AgentSpoke, Event, Recording
from switchboard.ledger.tables import RecordingRow
from switchboard.recording import recorder as module
from switchboard.recording.kept import forget_recordings
from switchboard.recording.opus import RATE
from switchboard.recording.recorder import Recorder
from switchboard.recording.recordings import Recordings
from tests.stage.stage import stage_settings
from tests.switchboard.recording.heard import Heard

CALL = "call_0123456789ab"
KEYS = {"RECORDINGS_S3_KEY_ID": "key", "RECORDINGS_S3_SECRET": "a-secret-of-nobody"}
NOISE = np.random.default_rng(1)


def piece(seconds: float = 0.05) -> rtc.AudioFrame:
    samples = NOISE.integers(-8000, 8000, round(RATE * seconds), dtype=np.int16)
    return rtc.AudioFrame(samples.tobytes(), RATE, 1, len(samples))


class Rig:
    """A recorder on a ledger, and what that was told."""

    def __init__(self, recorder: Recorder, ledger: Ledger, events: list[Event]) -> None:
        self.recorder = recorder
        self.ledger = ledger
        self._events = events

    @property
    def steps(self) -> list[Recording]:
        return [event for event in self._events if isinstance(event, Recording)]

    def speak(self, seconds: float) -> None:
        """The agent speaks for so long, from now on."""
        for place in range(round(seconds / 0.05)):
            self.recorder.hears("agent", piece(), place * 0.05)


@asynccontextmanager
async def rig(database: Database, **environ: str) -> AsyncIterator[Rig]:
    events: list[Event] = []
    recordings = Recordings(stage_settings(**environ).recordings)
    async with Ledger(database, CALL, "line", listeners=(events.append,)) as ledger:
        recorder = Recorder(ledger, database, recordings, {"code"}, told=False)
        recorder.start()
        yield Rig(recorder, ledger, events)
        await recorder.aclose()


async def rows(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(RecordingRow)) or 0


@pytest.fixture
def full_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system with room for next to nothing."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=4k", "tmpfs", folder], check=False)
    if mounted.returncode:
        pytest.skip("only root can make a file system that is full")
    yield folder
    subprocess.run(["umount", folder], check=True)


async def test_a_full_disk_costs_the_recording_and_the_ledger_says_so(database: Database, full_disk: Path) -> None:
    async with rig(database, RECORDINGS_URL=f"file://{full_disk}/kept") as this:
        this.speak(5)

    last = this.steps[-1]
    assert (last.stage, last.lanes, last.reason) == ("failed", ("agent",), "StorageError")
    assert [each.stage for each in this.steps] == ["began", "failed"]


async def test_storage_where_nobody_listens_costs_the_recording(database: Database) -> None:
    where = {"RECORDINGS_URL": "s3://recordings", "RECORDINGS_S3_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    async with rig(database, **where, **KEYS) as this:
        this.speak(1)

    assert (this.steps[-1].stage, this.steps[-1].reason) == ("failed", "StorageError")


async def test_storage_that_never_answers_is_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STORING_SECONDS", 0.5)
    asked = asyncio.Event()

    async def hang(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        asked.set()
        await reader.read()
        writer.close()

    server = await asyncio.start_server(hang, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    where = {"RECORDINGS_URL": "s3://recordings", "RECORDINGS_S3_ENDPOINT": f"http://127.0.0.1:{port}"}
    async with rig(database, **where, **KEYS) as this:
        this.speak(1)
    server.close()

    assert asked.is_set()
    assert (this.steps[-1].stage, this.steps[-1].reason) == ("failed", "TimeoutError")


async def test_what_a_thread_that_does_not_keep_up_has_to_leave_out_is_counted_and_told(
    database: Database, tmp_path: Path
) -> None:
    async with rig(database, RECORDINGS_URL=f"file://{tmp_path}/kept") as this:
        this.speak(70)  # at once, with nobody to take it away

    assert this.steps[-1].stage == "stored"
    assert this.steps[-1].left_out_ms == 10_000
    assert Heard.lane(tmp_path / "kept", CALL, "agent").loudest(59, 59.9) > 0.1


async def test_what_a_loudspeaker_was_given_and_did_not_play_is_not_in_the_lane(
    database: Database, tmp_path: Path
) -> None:
    async with rig(database, RECORDINGS_URL=f"file://{tmp_path}/kept") as this:
        this.speak(0.4)
        cut = this.ledger.now
        this.recorder.falls_silent()

    assert Heard.lane(tmp_path / "kept", CALL, "agent").loudest(cut + 0.04, cut + 1) == 0


async def test_nothing_of_a_secret_is_in_the_file_and_the_ledger_tells_of_the_pause(
    database: Database, tmp_path: Path
) -> None:
    async with rig(database, RECORDINGS_URL=f"file://{tmp_path}/kept") as this:
        this.speak(3)
        this.recorder.note(AgentSpoke(agent="a", text="The code, please.", at=2.0))
        this.speak(3)
        await asyncio.sleep(0)  # what is written from within a listener is written now
        await this.recorder._do_work()

    assert [(each.stage, each.reason, each.since) for each in this.steps[1:2]] == [("paused", "asked for", 1.0)]
    found = Heard.lane(tmp_path / "kept", CALL, "agent")
    assert found.loudest(0.0, 0.9) > 0.1
    assert found.loudest(1.02, 10.0) == 0  # Opus lets a sound fade for some milliseconds
    assert max(found.peaks[50:]) == 0


async def test_a_call_that_nobody_said_anything_in_has_no_recording(database: Database, tmp_path: Path) -> None:
    async with rig(database, RECORDINGS_URL=f"file://{tmp_path}/kept") as this:
        pass

    assert this.steps == []
    assert await rows(database) == 0


async def test_a_recording_is_removed_with_its_time_and_no_sooner(database: Database, tmp_path: Path) -> None:
    settings = {"RECORDINGS_URL": f"file://{tmp_path}/kept"}
    async with rig(database, **settings) as this:
        this.speak(1)
    recordings = Recordings(stage_settings(**settings).recordings)

    assert await forget_recordings(database, recordings, datetime.now(UTC) - timedelta(days=1)) == 0
    assert await recordings.lanes(CALL) == ["agent"]
    assert await forget_recordings(database, recordings, datetime.now(UTC)) == 1
    assert await recordings.lanes(CALL) == []
    assert await rows(database) == 0


async def test_a_recording_that_the_storage_does_not_remove_now_stays_due(database: Database, tmp_path: Path) -> None:
    settings = {"RECORDINGS_URL": f"file://{tmp_path}/kept"}
    async with rig(database, **settings) as this:
        this.speak(1)
    where = {"RECORDINGS_URL": "s3://recordings", "RECORDINGS_S3_ENDPOINT": f"http://127.0.0.1:{free_port()}"}
    dead = Recordings(stage_settings(**where, **KEYS).recordings)

    assert await forget_recordings(database, dead, datetime.now(UTC)) == 0
    assert await rows(database) == 1
