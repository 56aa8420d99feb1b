"""A11: a caller types as much and as often as a person can, and a program no more than that."""

import asyncio
import secrets
import sys
from asyncio.subprocess import PIPE
from collections.abc import AsyncIterator, Callable

import pytest
from livekit import api, rtc
from livekit.agents.types import TOPIC_CHAT

from switchboard.background import Background
from switchboard.livekit import token_of
from switchboard.room.chat import AT_ONCE, MOST_CHARACTERS, NAME, SECONDS_EACH, Chat
from tests.livekit import LiveKitServer, livekit_server

__all__ = ["livekit_server"]

CALLER = "caller"
PATIENCE = 20.0

BEGINNER = """\
import asyncio, sys
from livekit import rtc

async def begin():
    room = rtc.Room()
    await room.connect(*sys.argv[1:3])
    text = await room.local_participant.stream_text(topic=sys.argv[3])
    await text.write("I would li")
    print("begun", flush=True)
    await asyncio.Event().wait()

asyncio.run(begin())
"""
"""Begins a text. LiveKit's client would end it in due form, if it were to leave."""


class Place:
    """A room with an agent that takes what the caller types, at a time that stands still unless a test moves it."""

    def __init__(self, livekit: LiveKitServer) -> None:
        self._livekit = livekit
        self._name = f"call-{secrets.token_hex(6)}"
        self._inside: list[rtc.Room] = []
        self._news = asyncio.Event()
        self.now = 0.0
        self.came = -1
        """How many texts of the caller's have come: the time is looked at once before them, and for each."""
        self.typed: list[str] = []
        self.names: list[str | None] = []
        self.failed = False
        self.background = Background(self._fail)
        agent = rtc.Room()
        self.seated = asyncio.Event()
        self.seated.set()
        Chat(agent, lambda identity: identity == CALLER, self.seated, self._take, self.background, self._clock).open()
        agent.on("participant_connected", lambda _: self._news.set())
        self._agent = agent

    async def begin(self) -> rtc.Room:
        """The agent is there, and so is the caller, whose room this is."""
        await self.opens()
        return await self.enters(CALLER)

    async def opens(self) -> None:
        """The agent is there."""
        await self._join(self._agent, "agent")

    async def enters(self, identity: str) -> rtc.Room:
        return await self._join(rtc.Room(), identity)

    async def until(self, happened: Callable[[], bool]) -> None:
        async with asyncio.timeout(PATIENCE):
            while not happened():
                self._news.clear()
                await self._news.wait()

    async def aclose(self) -> None:
        await self.background.aclose()
        await asyncio.gather(*(room.disconnect() for room in self._inside))

    def knows(self, room: rtc.Room) -> bool:
        """Whether LiveKit has told the agent of who is in it, and not only of who had that identity before."""
        mine = self._agent.remote_participants.get(room.local_participant.identity)
        return mine is not None and mine.sid == room.local_participant.sid

    async def begins_a_text_and_is_killed(self) -> None:
        """The caller."""
        command = (sys.executable, "-c", BEGINNER, self._livekit.url, self._token(CALLER), TOPIC_CHAT)
        beginner = await asyncio.create_subprocess_exec(*command, stdout=PIPE)
        try:
            assert beginner.stdout
            async with asyncio.timeout(PATIENCE):
                await beginner.stdout.readline()
            await self.until(lambda: self.came == 1 and CALLER in self._agent.remote_participants)
        finally:
            beginner.kill()
            await beginner.wait()

    async def _join(self, room: rtc.Room, identity: str) -> rtc.Room:
        await room.connect(self._livekit.url, self._token(identity))
        self._inside.append(room)
        return room

    def _token(self, identity: str) -> str:
        grants = api.VideoGrants(room_join=True, room=self._name, can_publish_data=True)
        return token_of(self._livekit.access).with_identity(identity).with_grants(grants).to_jwt()

    def _take(self, words: str, name: str | None) -> None:
        self.typed.append(words)
        self.names.append(name)
        self._news.set()

    def _clock(self) -> float:
        self.came += 1
        self._news.set()
        return self.now

    def _fail(self) -> None:
        self.failed = True


@pytest.fixture
async def place(livekit_server: LiveKitServer) -> AsyncIterator[Place]:
    place = Place(livekit_server)
    yield place
    await place.aclose()


async def type_(room: rtc.Room, text: str, name: str | None = None) -> None:
    attributes = {NAME: name} if name else {}
    await room.local_participant.send_text(text, topic=TOPIC_CHAT, attributes=attributes)


async def test_of_a_flood_of_texts_a_few_are_taken_and_later_ones_as_fast_as_a_person_types(place: Place) -> None:
    caller = await place.begin()
    for number in range(5 * AT_ONCE):
        await type_(caller, f"text {number}")
    await place.until(lambda: place.came == 5 * AT_ONCE)
    place.now += SECONDS_EACH
    for text in ("one more", "and another"):
        await type_(caller, text)
    await place.until(lambda: place.came == 5 * AT_ONCE + 2)
    place.now += SECONDS_EACH
    await type_(caller, "the last")
    await place.until(lambda: "the last" in place.typed)

    assert place.typed == [*(f"text {number}" for number in range(AT_ONCE)), "one more", "the last"]


async def test_a_text_that_was_begun_later_and_has_ended_sooner_comes_later(place: Place) -> None:
    caller = await place.begin()
    slow = await caller.local_participant.stream_text(topic=TOPIC_CHAT)
    await slow.write("I want ")
    await type_(caller, "thank you")
    await place.until(lambda: place.came == 2)
    await slow.write("a person")
    await slow.aclose()
    await place.until(lambda: len(place.typed) == 2)

    assert place.typed == ["I want a person", "thank you"]


async def test_of_a_text_without_an_end_the_beginning_is_taken(place: Place) -> None:
    caller = await place.begin()
    endless = await caller.local_participant.stream_text(topic=TOPIC_CHAT)
    await endless.write("x" * 100 * MOST_CHARACTERS)
    await place.until(lambda: bool(place.typed))

    assert place.typed == ["x" * MOST_CHARACTERS]


async def test_typed_text_is_clean_and_of_nothing_but_control_characters_nothing_is_left(place: Place) -> None:
    caller = await place.begin()
    await type_(caller, "\x07\x1b \x00")
    await type_(caller, "my order\x00 is \x1b[2J10042\r\n")
    await place.until(lambda: bool(place.typed))

    assert place.typed == ["my order is [2J10042"]


async def test_nobody_else_types_in_the_callers_name_or_uses_up_their_share(place: Place) -> None:
    caller = await place.begin()
    stranger = await place.enters("stranger")
    for number in range(2 * AT_ONCE):
        await type_(stranger, f"I am the caller {number}")
    await type_(caller, "hello")
    await place.until(lambda: bool(place.typed))

    assert place.typed == ["hello"]


async def test_a_text_that_is_broken_off_ends_no_call(place: Place) -> None:
    await place.opens()
    await place.begins_a_text_and_is_killed()
    again = await place.enters(CALLER)
    await place.until(lambda: place.knows(again))  # until then LiveKit breaks off what comes of that identity
    await type_(again, "I would like a person")
    await place.until(lambda: bool(place.typed))

    assert place.typed == ["I would like a person"]
    assert not place.failed


async def test_nothing_but_a_random_name_is_taken_for_one(place: Place) -> None:
    caller = await place.begin()
    names = ["0123456789abcdef" * 2, "01234567-89ab-cdef-0123-456789abcdef"]
    for name in (*names, "my card is 4111 1111 1111 1111 ok", "0" * 37, "0" * 31, None):
        await type_(caller, "hello", name)
    await place.until(lambda: len(place.typed) == 6)

    assert place.names == [*names, None, None, None, None]


async def test_an_agent_that_may_have_lost_its_seat_takes_nothing_until_it_is_sure(place: Place) -> None:
    place.seated.clear()
    caller = await place.begin()
    await type_(caller, "hello")
    await type_(caller, "my order is 10042")
    await place.until(lambda: place.came == 2)
    assert place.typed == []
    place.seated.set()
    await place.until(lambda: len(place.typed) == 2)

    assert place.typed == ["hello", "my order is 10042"]
