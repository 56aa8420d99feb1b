"""Records one call. Sound is put aside as it is heard; whatever is done with it is done elsewhere, a second later."""

import asyncio
from collections.abc import Callable, Collection, Iterable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from functools import partial
from typing import Any

import numpy as np
import structlog
from livekit import rtc
from livekit.agents import utils

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Event, LaneName, Recording
from switchboard.recording.discretion import Discretion, Why
from switchboard.recording.kept import keep
from switchboard.recording.lane import Lane
from switchboard.recording.pace import Pace
from switchboard.recording.recordings import Recordings
from switchboard.room.heard_source import Voice
from switchboard.room.voice_of import voice_of

log = structlog.get_logger(__name__)

BATCH_SECONDS = 1.0
CALLER_MS = 100
MOST_WAITING = 1200
"""Pieces that may wait for a thread that does not keep up: about half a minute. What comes then is left out."""
STORING_SECONDS = 8.0


class Recorder:
    """Of the call of `ledger`, for `recordings`. The caller is recorded when they have been `told` that they are.

    Whatever fails costs the recording, and is written into the ledger once.
    """

    def __init__(
        self, ledger: Ledger, database: Database, recordings: Recordings, secrets: Collection[str], *, told: bool
    ) -> None:
        self._ledger = ledger
        self._database = database
        self._recordings = recordings
        self.told = told
        """They know."""
        self._began = datetime.now(UTC)
        self._discretion = Discretion(secrets, lambda: ledger.now, self._pause, self._resume)
        self._paused_since: float | None = None
        self._open_since = 0.0
        """What was heard before is not to be kept."""
        self._lanes: dict[LaneName, Lane] = {}
        self._work: list[Callable[[], None]] = []
        self._left_out = 0.0
        self._failed = False
        self._thread = ThreadPoolExecutor(1, thread_name_prefix=f"recording {ledger.call_id}")
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """From now on there is somebody who works."""
        self._tasks.append(asyncio.create_task(self._work_on(), name="recording"))

    def follow(self, room: rtc.Room, caller: str) -> None:
        """Record what that participant says."""
        self._tasks.append(asyncio.create_task(self._follow(room, caller), name="recording of the caller"))

    def announced(self) -> None:
        """The caller has heard that the call is recorded."""
        if not self.told:
            self.told = True
            self._open_since = max(self._open_since, self._ledger.now)
            self._write_soon(stage="announced")

    def note(self, event: Event) -> None:
        """A listener of the ledger."""
        self._discretion.note(event)

    def key(self) -> None:
        """The caller has pressed a key."""
        self._discretion.key()

    def hears(self, voice: Voice, frame: rtc.AudioFrame, ahead: float) -> None:
        """The caller hears that voice."""
        self._put(voice, self._ledger.now + ahead, frame)

    def falls_silent(self) -> None:
        """The caller hears nothing from now on."""
        at = self._ledger.now
        for lane in (self._lanes[name] for name in self._lanes if name != "caller"):
            self._work.append(partial(lane.cut, at))

    async def aclose(self) -> None:
        """The call is over: store what there is."""
        await utils.aio.cancel_and_wait(*self._tasks)
        self._discretion.close()
        try:
            if self._lanes and not self._failed:
                await self._store(self._ledger.now)
        except Exception as error:  # noqa: BLE001 - whatever it is, it costs the recording and not the call
            self._fail(error)
        finally:
            self._thread.shutdown(wait=False, cancel_futures=True)

    # -- what is heard -------------------------------------------------------------------------------------------------

    async def _follow(self, room: rtc.Room, caller: str) -> None:
        pace = Pace()
        try:
            async for frame in voice_of(room, caller, CALLER_MS):
                self._put_all(pace.add(self._ledger.now, frame))
        except Exception as error:  # noqa: BLE001 - the same
            self._fail(error)
        finally:
            self._put_all(pace.rest())

    def _put_all(self, pieces: Iterable[tuple[float, rtc.AudioFrame]]) -> None:
        for at, frame in pieces:
            if self.told:
                self._put("caller", at, frame)

    def _put(self, name: LaneName, at: float, frame: rtc.AudioFrame) -> None:
        if self._failed or at < self._open_since or self._pauses_before(at + frame.duration):
            return
        if len(self._work) >= MOST_WAITING:
            self._left_out += frame.duration
            return
        if name not in self._lanes:
            self._lanes[name] = Lane()
            self._write(stage="began", lanes=(name,))
        self._work.append(partial(self._lanes[name].write, at, np.frombuffer(bytes(frame.data), np.int16)))

    # -- what is not kept ----------------------------------------------------------------------------------------------

    def _pause(self, since: float, why: Why) -> None:
        paused = self._paused_since
        if paused is None or since < paused:
            self._work += [partial(lane.blank, since) for lane in self._lanes.values()]
            self._paused_since = since
            self._write_soon(stage="paused", reason=why, since=since)

    def _pauses_before(self, at: float) -> bool:
        return self._paused_since is not None and self._paused_since < at

    def _resume(self, until: float) -> None:
        self._paused_since, self._open_since = None, until
        self._write_soon(stage="resumed")

    # -- what is done with it ------------------------------------------------------------------------------------------

    async def _work_on(self) -> None:
        while True:
            await asyncio.sleep(BATCH_SECONDS)
            try:
                await self._do_work()
            except Exception as error:  # noqa: BLE001 - the same
                self._fail(error)
                return

    async def _do_work(self) -> None:
        work, self._work = self._work, []
        await self._elsewhere(lambda: [each() for each in work])

    async def _elsewhere(self, work: Callable[[], Any]) -> Any:
        return await asyncio.get_running_loop().run_in_executor(self._thread, work)

    async def _store(self, until: float) -> None:
        async with asyncio.timeout(STORING_SECONDS):
            await self._do_work()
            files = await self._elsewhere(partial(_files_of, dict(self._lanes), until))
            kept = await keep(self._database, self._recordings, self._ledger.call_id, self._began, files)
        if kept:
            self._write(stage="stored", lanes=tuple(self._lanes), left_out_ms=round(self._left_out * 1000))

    def _fail(self, error: Exception) -> None:
        if not self._failed:
            self._failed = True
            self._work = []
            log.warning("a call is not recorded", call=self._ledger.call_id, error=type(error).__name__)
            self._write(stage="failed", lanes=tuple(self._lanes), reason=type(error).__name__)

    def _write(self, **fields: Any) -> None:
        self._ledger.write(Recording(**fields))

    def _write_soon(self, **fields: Any) -> None:
        """Not from within a listener: others are still to be told the event that is the cause."""
        asyncio.get_running_loop().call_soon(partial(self._write, **fields))


def _files_of(lanes: dict[LaneName, Lane], until: float) -> dict[str, bytes]:
    files: dict[str, bytes] = {}
    for name, lane in lanes.items():
        files[f"{name}.ogg"], files[f"{name}.peaks.json"] = lane.finish(until)
    return files
