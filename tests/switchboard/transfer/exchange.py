"""The telephone exchange of the fast tests: LiveKit's server is real, and LiveKit SIP's part is played by its client.

A phone that is rung joins its room as LiveKit SIP has it join, with the same attributes, and does what the test says.
"""

import asyncio
from collections.abc import AsyncIterator, Callable, Coroutine
from contextlib import suppress
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np
from livekit import api, rtc
from livekit.protocol.sip import CreateSIPParticipantRequest

from simulator.voice import RATE
from switchboard.livekit import token_of
from switchboard.room.join import join
from switchboard.room.voice_of import voice_of
from switchboard.transfer.person_phone import PERSON, STATUS
from tests.livekit import LiveKitServer

PATIENCE = 60.0
FRAME = RATE // 5
"""LiveKit's client tells each event to all who wait for one: on a busy machine 20 ms take longer than they sound."""
WINDOW = RATE // 10
LOUD, MOSTLY = 1_000, 0.5
AHEAD_MS = 1_000
"""With a tenth of it a voice has gaps on a busy machine, and half a second of words, drawn out to two, is no speech."""


class Voice:
    """Something that is heard in a room: a tone without an end, and words when they are said."""

    def __init__(self, hertz: float = 0.0) -> None:
        self._hertz = hertz
        self._source = rtc.AudioSource(RATE, 1, queue_size_ms=AHEAD_MS)
        self._words = bytearray()
        self._sounding: asyncio.Task[None] | None = None

    async def publish(self, room: rtc.Room) -> None:
        options = rtc.TrackPublishOptions(source=rtc.TrackSource.SOURCE_MICROPHONE)
        track = rtc.LocalAudioTrack.create_audio_track("voice", self._source)
        await room.local_participant.publish_track(track, options)
        self._sounding = asyncio.create_task(self._sound())

    def say(self, pcm: bytes) -> None:
        """`pcm` (24 kHz, mono) from now on, in place of the tone."""
        self._words += pcm

    def fall_silent(self) -> None:
        """No tone any more."""
        self._hertz = 0.0

    async def aclose(self) -> None:
        if self._sounding:
            self._sounding.cancel()
            await asyncio.wait([self._sounding])
        await self._source.aclose()

    async def _sound(self) -> None:
        at = np.arange(FRAME)
        while True:
            piece = bytes(self._words[: FRAME * 2])
            del self._words[: FRAME * 2]
            if not piece:
                piece = (8_000 * np.sin(2 * np.pi * self._hertz * at / RATE)).astype(np.int16).tobytes()
                at += FRAME
            await self._source.capture_frame(rtc.AudioFrame(piece.ljust(FRAME * 2, b"\0"), RATE, 1, FRAME))


class Desk:
    """A person's phone that rings: the test has it answered, spoken into, and hung up."""

    def __init__(self, server: LiveKitServer, request: CreateSIPParticipantRequest) -> None:
        self.request = request
        self.room = rtc.Room()
        self.voice = Voice(1_130)
        self.ringing = asyncio.Event()
        self.gone = asyncio.Event()
        """Nobody rings it any more."""
        self.picked_up = asyncio.Event()
        self.room.on("disconnected", lambda _: self.gone.set())
        self._server = server
        self._status = "ringing"

    async def ring(self) -> None:
        grants = api.VideoGrants(room_join=True, room=self.request.room_name, can_update_own_metadata=True)
        token = token_of(self._server.access).with_identity(PERSON).with_grants(grants).with_kind("sip")
        await join(self.room, self.room.connect(self._server.url, token.to_jwt()))
        await self.status("ringing")
        self.ringing.set()

    async def answer(self) -> None:
        await self.voice.publish(self.room)
        await self.status("active")

    async def status(self, status: str) -> None:
        """What LiveKit SIP tells of the phone."""
        await self.room.local_participant.set_attributes({STATUS: status})

    async def press(self, *keys: str) -> None:
        for key in keys:
            await self.room.local_participant.publish_dtmf(code="0123456789*#".index(key), digit=key)

    async def hang_up(self) -> None:
        await self.voice.aclose()
        await self.room.disconnect()


Does = Callable[[Desk], Coroutine[Any, Any, None]]
"""What a phone does when it is rung: returns when it is answered, or raises as LiveKit SIP refuses."""


async def answers(desk: Desk) -> None:
    """It is answered when the test picks it up."""
    await desk.ring()
    await desk.picked_up.wait()
    await desk.answer()


async def rings(desk: Desk) -> None:
    """Nobody answers, and it rings for as long as it may."""
    await desk.ring()
    with suppress(TimeoutError):
        await asyncio.wait_for(desk.gone.wait(), desk.request.ringing_timeout.seconds)
    raise api.SipCallError("canceled", "the room is gone", status=499, metadata={"sip_status_code": "487"})


def refuses(code: int) -> Does:
    """It answers with a SIP code of refusal."""

    async def refuse(_: Desk) -> None:
        raise api.SipCallError("unavailable", "no", status=503, metadata={"sip_status_code": str(code)})

    return refuse


@dataclass
class Exchange:
    """Stands in for a worker's job: LiveKit's own API, but for LiveKit SIP's part. `phones` do as they are told."""

    server: LiveKitServer
    livekit: api.LiveKitAPI
    phones: dict[str, Does]
    job_id: str = "AJ_1"
    rung: list[Desk] = field(default_factory=list)
    _calls: list[asyncio.Task[None]] = field(default_factory=list)
    _rang: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def context(self) -> Any:
        """What `get_job_context` gives."""
        sip = SimpleNamespace(create_sip_participant=self._create)
        return SimpleNamespace(
            job=SimpleNamespace(id=self.job_id), api=SimpleNamespace(room=self.livekit.room, sip=sip)
        )

    async def desk(self, number: int = 1) -> Desk:
        """The phone that is rung as the first, the second ..., once it is."""
        async with asyncio.timeout(PATIENCE), self._rang:
            await self._rang.wait_for(lambda: len(self.rung) >= number)
        return self.rung[number - 1]

    async def rooms(self) -> set[str]:
        """The rooms of persons that there are now."""
        there = (await self.livekit.room.list_rooms(api.ListRoomsRequest())).rooms
        return {room.name for room in there if room.name.startswith("person-")}

    async def aclose(self) -> None:
        for call in self._calls:
            call.cancel()
        if self._calls:
            await asyncio.wait(self._calls)
        for desk in self.rung:
            await desk.hang_up()

    async def _create(self, request: CreateSIPParticipantRequest) -> None:
        desk = Desk(self.server, request)
        async with self._rang:
            self.rung.append(desk)
            self._rang.notify_all()
        self._calls.append(asyncio.create_task(self.phones[request.sip_call_to](desk)))
        await self._calls[-1]


class Ear:
    """What is heard of `identity` in a room."""

    def __init__(self, room: rtc.Room, identity: str) -> None:
        self._pcm = bytearray()
        self._more = asyncio.Event()
        self._listening = asyncio.create_task(self._listen(voice_of(room, identity)))

    async def until_hears(self, hertz: float) -> None:
        """Wait for a tone."""
        async with asyncio.timeout(PATIENCE):
            while not self._is_tone(self._pcm[-WINDOW * 2 :], hertz):
                self._more.clear()
                await self._more.wait()

    async def until_loud(self) -> None:
        """Wait for any sound."""
        async with asyncio.timeout(PATIENCE):
            while np.abs(np.frombuffer(bytes(self._pcm), np.int16)).max(initial=0) < LOUD:
                self._more.clear()
                await self._more.wait()

    async def until_quiet(self) -> None:
        """Wait for half a second without a sound."""
        async with asyncio.timeout(PATIENCE):
            while np.abs(np.frombuffer(bytes(self._pcm[-RATE:]), np.int16)).max(initial=0) >= LOUD:
                self._more.clear()
                await self._more.wait()

    def forget(self) -> None:
        """What was heard so far."""
        self._pcm.clear()

    def has_heard(self, hertz: float) -> bool:
        """Whether the tone was there at any time."""
        return self.hears_in(self._pcm, hertz)

    async def aclose(self) -> None:
        self._listening.cancel()
        await asyncio.wait([self._listening])

    async def _listen(self, frames: AsyncIterator[rtc.AudioFrame]) -> None:
        async for frame in frames:
            self._pcm += bytes(frame.data)
            self._more.set()

    @classmethod
    def hears_in(cls, pcm: bytes | bytearray, hertz: float) -> bool:
        """Whether the tone is in it anywhere."""
        pieces = range(0, len(pcm) - WINDOW * 2, WINDOW * 2)
        return any(cls._is_tone(pcm[start : start + WINDOW * 2], hertz) for start in pieces)

    @staticmethod
    def _is_tone(pcm: bytes | bytearray, hertz: float) -> bool:
        samples = np.frombuffer(bytes(pcm), np.int16).astype(float)
        if len(samples) < WINDOW or np.abs(samples).max() < LOUD:
            return False
        wave = np.exp(-2j * np.pi * hertz * np.arange(len(samples)) / RATE)
        share = 2 * abs(np.mean(samples * wave)) ** 2 / np.mean(samples**2)
        return bool(share > MOSTLY)
