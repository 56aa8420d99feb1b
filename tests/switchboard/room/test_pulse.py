"""Whether a phone is still there, against a real server: with LiveKit SIP's part played by LiveKit's own client."""

import asyncio
import signal
import sys
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from livekit import api, rtc

from switchboard.livekit import token_of
from switchboard.room.pulse import METHOD, SERVER_SECONDS, Pulse
from tests.livekit import LiveKitServer

PHONE = """\
import asyncio, sys
from livekit import rtc

async def speak():
    room = rtc.Room()
    await room.connect(*sys.argv[1:])
    source = rtc.AudioSource(24_000, 1)
    await room.local_participant.publish_track(rtc.LocalAudioTrack.create_audio_track("phone", source))
    while True:
        await source.capture_frame(rtc.AudioFrame.create(24_000, 1, 480))

asyncio.run(speak())
"""


def token(server: LiveKitServer, identity: str, room: str) -> str:
    grants = api.VideoGrants(room_join=True, room=room)
    return token_of(server.access).with_identity(identity).with_grants(grants).to_jwt()


@asynccontextmanager
async def joined(server: LiveKitServer, identity: str, name: str) -> AsyncIterator[rtc.Room]:
    room = rtc.Room()
    await room.connect(server.url, token(server, identity, name))
    try:
        yield room
    finally:
        await room.disconnect()


@pytest.fixture
async def agent(livekit_server: LiveKitServer) -> AsyncIterator[rtc.Room]:
    """In a room of its own: where a phone of an earlier test is still listed, it leaves in the middle of the next."""
    async with joined(livekit_server, "agent", f"pulse-{uuid.uuid4()}") as room:
        yield room


@pytest.fixture
async def server(livekit_server: LiveKitServer) -> AsyncIterator[api.LiveKitAPI]:
    async with livekit_server.api() as server:
        yield server


@asynccontextmanager
async def speaking(server: LiveKitServer, room: rtc.Room) -> AsyncIterator[asyncio.subprocess.Process]:
    """A process of its own, that is heard in `room` and leaves without a word when it is killed."""
    heard = asyncio.Event()
    room.on("track_subscribed", lambda *_: heard.set())
    phone = await asyncio.create_subprocess_exec(
        sys.executable, "-c", PHONE, server.url, token(server, "phone", room.name)
    )
    try:
        async with asyncio.timeout(20):
            await heard.wait()
        yield phone
    finally:
        with suppress(ProcessLookupError):
            phone.kill()
        await phone.wait()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGSTOP])
async def test_a_phone_that_is_gone_is_noticed_while_livekit_still_lists_it(
    livekit_server: LiveKitServer, agent: rtc.Room, server: api.LiveKitAPI, how: signal.Signals
) -> None:
    async with speaking(livekit_server, agent) as phone:
        stops = asyncio.create_task(Pulse(server, agent, "phone").stops())
        phone.send_signal(how)
        async with asyncio.timeout(10):
            await stops

        assert "phone" in agent.remote_participants


@pytest.mark.parametrize("hurried", [True, False])
async def test_a_phone_of_which_nothing_comes_for_some_seconds_is_gone_only_where_others_wait_to_hear_of_it(
    livekit_server: LiveKitServer, agent: rtc.Room, server: api.LiveKitAPI, hurried: bool
) -> None:
    async with speaking(livekit_server, agent) as phone:
        stops = asyncio.create_task(Pulse(server, agent, "phone", lambda: hurried).stops())
        phone.send_signal(signal.SIGSTOP)
        await asyncio.wait([stops], timeout=2.5)
        phone.send_signal(signal.SIGCONT)

        await asyncio.wait([stops], timeout=2 * SERVER_SECONDS)
        assert stops.done() is hurried
        stops.cancel()


class OnHold:
    """A phone that sends no sound, and answers."""

    def __init__(self) -> None:
        self._asked = asyncio.Semaphore(0)

    async def is_asked(self, times: int) -> None:
        async with asyncio.timeout(20):
            for _ in range(times):
                await self._asked.acquire()

    async def answer(self, _: rtc.RpcInvocationData) -> str:
        self._asked.release()
        return ""


@asynccontextmanager
async def on_hold(server: LiveKitServer, room: rtc.Room) -> AsyncIterator[OnHold]:
    phone = OnHold()
    async with joined(server, "phone", room.name) as theirs:
        theirs.local_participant.register_rpc_method(METHOD, phone.answer)
        yield phone


async def test_a_phone_that_is_on_hold_is_still_there(
    livekit_server: LiveKitServer, agent: rtc.Room, server: api.LiveKitAPI
) -> None:
    async with on_hold(livekit_server, agent) as phone:
        stops = asyncio.create_task(Pulse(server, agent, "phone").stops())
        await phone.is_asked(3)

        assert not stops.done()
        stops.cancel()


class Watched(Pulse):
    """Tells when it has asked the server, which did not answer."""

    def __init__(self, server: api.LiveKitAPI, room: rtc.Room) -> None:
        super().__init__(server, room, "phone")
        self.unanswered = asyncio.Event()

    async def _server_answers(self) -> bool:
        answers = await super()._server_answers()
        if not answers:
            self.unanswered.set()
        return answers


async def test_a_server_that_stands_still_ends_no_call(
    livekit_server: LiveKitServer, agent: rtc.Room, server: api.LiveKitAPI
) -> None:
    async with speaking(livekit_server, agent):
        pulse = Watched(server, agent)
        stops = asyncio.create_task(pulse.stops())
        with livekit_server.paused():
            async with asyncio.timeout(20):
                await pulse.unanswered.wait()

        assert not stops.done()
        stops.cancel()


@pytest.mark.parametrize("tenths", range(8, 22, 2))
async def test_a_server_that_stands_still_for_a_moment_ends_no_call(
    livekit_server: LiveKitServer, agent: rtc.Room, server: api.LiveKitAPI, tenths: int
) -> None:
    async with speaking(livekit_server, agent):
        stops = asyncio.create_task(Pulse(server, agent, "phone").stops())
        with livekit_server.paused():
            await asyncio.sleep(tenths / 10)

        await asyncio.wait([stops], timeout=2 * SERVER_SECONDS)
        assert not stops.done()
        stops.cancel()


@pytest.mark.parametrize("tenths", range(8, 22, 4))
async def test_a_server_that_stands_still_for_a_moment_ends_no_call_on_hold(
    livekit_server: LiveKitServer, agent: rtc.Room, server: api.LiveKitAPI, tenths: int
) -> None:
    async with on_hold(livekit_server, agent) as phone:
        stops = asyncio.create_task(Pulse(server, agent, "phone").stops())
        await phone.is_asked(1)
        with livekit_server.paused():
            await asyncio.sleep(tenths / 10)

        await phone.is_asked(2)
        assert not stops.done()
        stops.cancel()
