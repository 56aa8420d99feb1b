"""A caller in a room of the line, who types and listens: what they hear, and when."""

import asyncio
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from itertools import pairwise

from livekit import rtc

from switchboard.ledger.events import CallerSpoke, Ended, Event
from tests.app.line import Line
from tests.browser.ledger import ended, of
from tests.browser.participant import TRANSCRIPTS, Participant
from tests.stage.room import Ears

AT_ONCE = 2.0
"""Seconds within which a caller hears something, whatever goes wrong."""


class Caller(Participant):
    """From `calling`."""

    def __init__(self, line: Line, call: dict[str, str]) -> None:
        super().__init__()
        self.said: list[str] = []
        self._line = line
        self._call = call
        self._ears: asyncio.Future[Ears] = asyncio.get_running_loop().create_future()
        self.room.on("track_subscribed", self._hear)

    async def connect(self) -> float:
        """Enter the room; when they did."""
        connected = time.monotonic()
        await self.room.connect(self._line.stack.livekit.url, self._call["participant_token"])
        return connected

    async def ears(self) -> Ears:
        """Theirs, once there is somebody to be heard."""
        async with asyncio.timeout(30):
            return await asyncio.shield(self._ears)

    async def types(self, words: str) -> float:
        """When they did."""
        self.said.append(words)
        typed = time.monotonic()
        await self.say(words)
        return typed

    async def is_answered(self, words: str) -> float:
        """Type, and wait until that is answered and the answer was heard; when they typed."""
        typed = await self.types(words)
        await self.reads(words)
        return typed

    async def reads(self, words: str) -> None:
        """Wait until an agent has said that, and all of it was heard."""
        await self.gets(TRANSCRIPTS, words)
        await (await self.ears()).until_quiet()

    async def hears(self, since: float, within: float = AT_ONCE) -> None:
        """Something, so many seconds after that at the latest."""
        heard = await (await self.ears()).until_loud(since)
        assert heard <= within, f"{heard:.2f} s of silence"

    async def no_silence(self, since: float) -> None:
        """From then to now there was none of two seconds."""
        sounds = [(0.0, 0.0), *(await self.ears()).sounds(since)]
        silences = [later[0] - earlier[1] for earlier, later in pairwise(sounds)]
        assert max(silences, default=0.0) <= AT_ONCE, f"silences of {[round(each, 1) for each in silences]} s"

    async def hangs_up(self) -> list[Event]:
        """The ledger of the call: it is complete, with each of their words, in order and once."""
        await self._line.caller.request("DELETE", "/calls", json={"resume_token": self._call["resume_token"]})
        return await self.is_over("caller_left")

    async def is_over(self, reason: str) -> list[Event]:
        events = await ended(self._line.ledger, self._call["id"])
        said, reasons = [spoke.text for spoke in of(events, CallerSpoke)], [one.reason for one in of(events, Ended)]
        assert said == self.said, f"the ledger has {said}"
        assert reasons == [reason], f"it ended by {reasons}"
        assert [event.seq for event in events] == list(range(1, len(events) + 1))
        return events

    def _hear(self, track: rtc.Track, _: object, agent: rtc.RemoteParticipant) -> None:
        if track.kind == rtc.TrackKind.KIND_AUDIO and not self._ears.done():
            self._ears.set_result(Ears(self.room, agent.identity))

    async def aclose(self) -> None:
        await self.room.disconnect()
        if self._ears.done():
            await self._ears.result().aclose()


@asynccontextmanager
async def calling(line: Line) -> AsyncIterator[tuple[Caller, float]]:
    """Somebody who is in the room of their call, and when they connected."""
    caller = Caller(line, (await line.caller.post("/calls")).json())
    try:
        yield caller, await caller.connect()
    finally:
        await caller.aclose()


@asynccontextmanager
async def in_a_call(line: Line) -> AsyncIterator[Caller]:
    """Somebody who was greeted, and has said one thing."""
    async with calling(line) as (caller, _):
        await caller.reads("automated assistant")
        await caller.is_answered("one")
        yield caller
