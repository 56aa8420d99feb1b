"""One call in a room of a real LiveKit server, from the caller's ears: what is sent to them, and when."""

import asyncio
import secrets
import time
from collections.abc import AsyncIterator, Callable
from contextlib import aclosing, asynccontextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from livekit import api, rtc
from livekit.protocol.agent import Job

from app.costs import prices_of
from simulator.options import Options
from simulator.recognizer import Recognizer
from simulator.server import Simulator
from simulator.voice import RATE, synthesize
from switchboard.call.call import Caller
from switchboard.call.channel import PHONE, WEB
from switchboard.conversation import Conversation
from switchboard.database import Database
from switchboard.ledger.events import Answered, Event, Speaks
from switchboard.line.workflow import Workflow
from switchboard.livekit import token_of
from switchboard.presence import Invitation
from switchboard.room.relief import Relief
from switchboard.room.seat import Seat
from switchboard.room.voice_of import voice_of
from switchboard.services.providers import Services
from switchboard.settings.environment import with_simulator
from tests.livekit import LiveKitServer
from tests.stage.mind import Obedient
from tests.stage.stage import LINE, PATIENCE, Record, replace_fields, stage_settings

LOUD = 600
PIECE = RATE // 50
LEAD_SECONDS = 0.08
"""So much silence is given ahead."""
QUIET_PIECES = 25
CALLER, WORKER = "caller", "AW_stage"
DIALED = "+15550100"
JOB: ContextVar[Any] = ContextVar("job")
"""LiveKit's job of each call: a test may have several at once, each in a task of its own."""


class Ears:
    """What the caller hears: every piece of 20 ms with its time, by the clock `now`."""

    def __init__(self, room: rtc.Room, identity: str, now: Callable[[], float] = time.monotonic) -> None:
        self.pieces: list[tuple[float, float]] = []
        """When it came, and its loudest sample."""
        self._now = now
        self._more = asyncio.Event()
        self._listening = asyncio.create_task(self._listen(voice_of(room, identity)))

    def sounds(self, since: float, pause: float = 0.4) -> list[tuple[float, float]]:
        """The stretches of sound since then, as (begin, end) in seconds after it; apart by a pause at least."""
        found: list[tuple[float, float]] = []
        for at, peak in self.pieces:
            if at < since or peak < LOUD:
                continue
            if found and at - since - found[-1][1] < pause:
                found[-1] = (found[-1][0], at - since)
            else:
                found.append((at - since, at - since))
        return found

    async def until_loud(self, since: float) -> float:
        """Wait for any sound after that time; when it came, in seconds after it."""
        async with asyncio.timeout(PATIENCE):
            while not (found := self.sounds(since)):
                self._more.clear()
                await self._more.wait()
        return found[0][0]

    async def until_quiet(self) -> None:
        """Wait for half a second without a sound."""
        async with asyncio.timeout(PATIENCE):
            while any(peak >= LOUD for _, peak in self.pieces[-QUIET_PIECES:]):
                self._more.clear()
                await self._more.wait()

    async def until(self, seconds: float) -> None:
        """Wait until what was sent up to that time has come."""
        async with asyncio.timeout(PATIENCE):
            while not self.pieces or self.pieces[-1][0] < seconds:
                self._more.clear()
                await self._more.wait()

    async def aclose(self) -> None:
        self._listening.cancel()
        await asyncio.wait([self._listening])

    async def _listen(self, frames: AsyncIterator[rtc.AudioFrame]) -> None:
        async for frame in frames:
            samples = np.frombuffer(bytes(frame.data), np.int16).astype(int)
            self.pieces.append((self._now(), float(np.abs(samples).max(initial=0))))
            self._more.set()


class Mouth:
    """The caller's microphone: silence, and words when they are said.

    These are given to it some seconds ahead: on a busy machine none breaks off in its middle.
    """

    def __init__(self) -> None:
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=2000)
        self._pending = bytearray()
        self._task: asyncio.Task[None] | None = None

    async def publish(self, room: rtc.Room) -> None:
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        track = rtc.LocalAudioTrack.create_audio_track("mouth", self._source)
        await room.local_participant.publish_track(track, options)
        self._task = asyncio.create_task(self._sound())

    def say(self, words: str) -> float:
        """Say it; how many seconds that takes."""
        pcm = synthesize(words, "caller", 1.0).pcm
        self._pending += pcm
        return len(pcm) / 2 / RATE

    async def aclose(self) -> None:
        if self._task:
            self._task.cancel()
            await asyncio.wait([self._task])
        await self._source.aclose()

    async def _sound(self) -> None:
        while True:
            if not self._pending:
                await asyncio.sleep(self._source.queued_duration - LEAD_SECONDS)
            piece = bytes(self._pending[: PIECE * 2])
            del self._pending[: PIECE * 2]
            await self._source.capture_frame(rtc.AudioFrame(piece.ljust(PIECE * 2, b"\0"), RATE, 1, PIECE))


@dataclass
class Booth:
    """What a test has in its hands."""

    simulator: Simulator
    mind: Obedient
    conversation: Conversation
    record: Record
    ears: Ears
    mouth: Mouth
    caller: rtc.Room

    def of(self, kind: type[Any]) -> list[Any]:
        """The events of one kind so far."""
        return [event for event in self.record.events if isinstance(event, kind)]

    async def until(self, happened: Callable[[], object]) -> None:
        """Wait until the ledger makes `happened` true."""
        await self.record.until(happened)

    async def first(self, kind: type[Event]) -> Any:
        """The first event of that kind, once it has happened."""
        await self.record.until(lambda: self.of(kind))
        return self.of(kind)[0]

    async def when(self, kind: type[Event]) -> float:
        """When the first event of that kind was written, however late this task is told of it."""
        return self.record.times[self.record.events.index(await self.first(kind))]

    def type(self, words: str) -> float:
        """The caller types, and nobody waits for what comes of it; when that was."""
        assert self.conversation._presence
        self.conversation._presence._type(words)
        return time.monotonic()

    async def press(self, *keys: str) -> None:
        """The caller presses keys."""
        for key in keys:
            await self.caller.local_participant.publish_dtmf(code="0123456789*#".index(key), digit=key)

    async def idle(self) -> None:
        """Wait until nobody speaks or is about to, and nothing is on its way to the caller's ears."""
        async with asyncio.timeout(PATIENCE):
            await self.conversation.session.wait_for_idle()
        await self.ears.until_quiet()


@asynccontextmanager
async def booth(
    server: LiveKitServer,
    database_url: str,
    monkeypatch: pytest.MonkeyPatch,
    *,
    line: Workflow = LINE,
    options: Options | None = None,
    mind: Obedient | None = None,
    speech: bool = True,
    greeted: bool = True,
    number: str | None = None,
    sip: Any = None,
    recognizer: Recognizer | None = None,
    speaks: bool = True,
    now: Callable[[], float] = time.monotonic,
    **environ: str,
) -> AsyncIterator[Booth]:
    """A call of a caller who is in the room and has been greeted.

    `number`: they are on the phone, and call from it. `sip`: what stands for LiveKit SIP's part of its API.
    `recognizer`: what understands the caller's speech where the mind does not. `speaks`: they have a microphone.
    `now`: the clock of their ears.
    """
    thinks, record = mind or Obedient(), Record()
    database = Database(database_url)
    async with Simulator(thinks, options, recognizer=recognizer) as simulator, server.api() as livekit:
        name = f"booth-{secrets.token_hex(6)}"
        created = await livekit.room.create_room(api.CreateRoomRequest(name=name))
        _play_job(monkeypatch, livekit, name, sip)
        settings = with_simulator(stage_settings(REALTIME_PROVIDER="simulator", **environ), simulator.url)
        if not speech:
            settings = settings.model_copy(update={"azure": replace_fields(settings.azure, tts_deployment=None)})
        agents, callers, services = rtc.Room(), rtc.Room(), Services(settings)
        job = Job(room=created, agent_name="switchboard")
        seat, relief = Seat(livekit, job), Relief(livekit, job, WORKER, "")
        invitation = Invitation(agents, seat, relief, lambda: _join(server, agents, name, "agent"), CALLER)
        conversation = Conversation(
            line,
            services,
            database,
            Caller(),
            prices=prices_of(services.settings),
            invitation=invitation,
            channel=WEB if number is None else PHONE,
            listeners=(record.note,),
        )
        await _join(server, callers, name, CALLER, number)
        ears, mouth = Ears(callers, "agent", now), Mouth()
        if speaks:
            await mouth.publish(callers)
        try:
            async with aclosing(services), conversation:
                await conversation.start()
                this = Booth(simulator, thinks, conversation, record, ears, mouth, callers)
                answered = await this.first(Answered)
                assert not any(isinstance(each, Speaks) for each in record.events[: record.events.index(answered)])
                if greeted:
                    await ears.until_loud(0)
                    await this.idle()
                yield this
        finally:
            await ears.aclose()
            await mouth.aclose()
            await callers.disconnect()
            await agents.disconnect()
    await database.aclose()


async def _join(server: LiveKitServer, room: rtc.Room, name: str, identity: str, number: str | None = None) -> None:
    grants = api.VideoGrants(room_join=True, room=name, agent=identity == "agent")
    token = token_of(server.access).with_identity(identity).with_grants(grants)
    if number is not None:
        phone = {"sip.callStatus": "active", "sip.phoneNumber": number, "sip.trunkPhoneNumber": DIALED}
        token = token.with_kind("sip").with_attributes(phone)
    await room.connect(server.url, token.to_jwt())


def _play_job(monkeypatch: pytest.MonkeyPatch, livekit: api.LiveKitAPI, name: str, sip: Any) -> None:
    """LiveKit's job, as far as a room needs one."""
    job = SimpleNamespace(api=SimpleNamespace(room=livekit.room, sip=sip))
    JOB.set(job)
    monkeypatch.setattr("switchboard.room.caller.get_job_context", JOB.get)
