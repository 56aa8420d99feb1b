"""What a page gets of a call in a real room: everything, in order and once, whenever it comes and comes back."""

import asyncio
import json
import secrets
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from livekit import api, rtc
from livekit.agents.types import TOPIC_TRANSCRIPTION
from livekit.protocol.agent import Job

from switchboard.background import Background
from switchboard.ledger.events import ToolCalled
from switchboard.livekit import token_of
from switchboard.room.caller import EVENTS, CallerRoom
from switchboard.room.seat import Seat
from switchboard.room.transcript import AgentWords
from tests.livekit import LiveKitServer, livekit_server

__all__ = ["livekit_server"]

CALLER = "caller"
PATIENCE = 20.0
PACE = 0.005
"""Seconds between two pieces of news: more than a call ever has."""


class Agent:
    """The agent's side: it has news all the time, numbered, as events and as words."""

    def __init__(self, server: api.LiveKitAPI, room: api.Room) -> None:
        self.room = rtc.Room()
        self.told = 0
        self.background = Background(lambda: None)
        seat = Seat(server, Job(room=room))
        self._caller_room = CallerRoom(self.room, seat, CALLER, "line", "call", lambda _: None, self.background)
        self._words = AgentWords(self._caller_room)

    async def enter(self, url: str, token: str) -> None:
        await self.room.connect(url, token)
        self._caller_room.connected()
        self._talking = self.background.run(self._talk(), "talk")

    async def _talk(self) -> None:
        while True:
            self.told += 1
            self._caller_room.show(ToolCalled(agent="agent", tool="tool", call_id=str(self.told), arguments={}))
            await self._words.capture_text(f"{self.told} ")
            await asyncio.sleep(PACE)

    async def falls_silent(self) -> None:
        self._talking.cancel()
        await asyncio.wait([self._talking])
        self._words.flush()


class Page:
    """A page in the room: it keeps what comes, in the order in which it began to come."""

    def __init__(self) -> None:
        self.room = rtc.Room()
        self._events: list[int] = []
        self.words: list[str] = []
        self._news = asyncio.Event()
        self._reading: set[asyncio.Task[None]] = set()
        self.room.register_text_stream_handler(EVENTS, lambda reader, _: self._read(self._event(reader)))
        self.room.register_text_stream_handler(TOPIC_TRANSCRIPTION, lambda reader, _: self._read(self._segment(reader)))

    async def until(self, happened: Callable[[], bool]) -> None:
        try:
            async with asyncio.timeout(PATIENCE):
                while not happened():
                    self._news.clear()
                    await self._news.wait()
        except TimeoutError:
            raise AssertionError(f"{self.events} {self.words}") from None

    @property
    def events(self) -> list[int]:
        """The numbers of those that have come whole."""
        return [number for number in self._events if number]

    @property
    def is_whole(self) -> bool:
        """All that began to come has come: each stream is read for itself, and a later one may be whole first."""
        return all(self._events)

    def kept(self) -> list[int]:
        """What is left of the events when they are put in order and what came twice is dropped (docs/page.md)."""
        return sorted(set(self.events))

    async def has_news(self) -> None:
        """Something new comes."""
        known = len(self.events)
        await self.until(lambda: len(self.events) > known)

    def said(self) -> list[int]:
        """The words of the last segment, which a page that comes back gets from its beginning."""
        return [int(word) for word in self.words[-1].split()]

    def _read(self, reading: object) -> None:
        task = asyncio.ensure_future(reading)  # type: ignore[call-overload]
        self._reading.add(task)
        task.add_done_callback(self._reading.discard)

    async def _event(self, reader: rtc.TextStreamReader) -> None:
        place = len(self._events)
        self._events.append(0)
        self._events[place] = json.loads(await reader.read_all())["seq"]
        self._news.set()

    async def _segment(self, reader: rtc.TextStreamReader) -> None:
        place = len(self.words)
        self.words.append("")
        async for piece in reader:
            self.words[place] += piece
            self._news.set()


class Place:
    """The room of a test."""

    def __init__(self, livekit: LiveKitServer, agent: Agent, room: api.Room) -> None:
        self._livekit = livekit
        self._room = room
        self._inside: list[rtc.Room] = []
        self.agent = agent

    async def agent_enters(self) -> None:
        await self.agent.enter(self._livekit.url, self._token("agent", agent=True))
        self._inside.append(self.agent.room)

    async def page_opens(self) -> Page:
        page = Page()
        await page.room.connect(self._livekit.url, self._token(CALLER))
        self._inside.append(page.room)
        await page.room.local_participant.publish_data(b"hello")  # as docs/page.md asks for
        return page

    async def aclose(self) -> None:
        await self.agent.background.aclose()
        await asyncio.gather(*(room.disconnect() for room in self._inside))

    def _token(self, identity: str, agent: bool = False) -> str:
        token = token_of(self._livekit.access).with_identity(identity).with_kind("agent" if agent else "standard")
        return token.with_grants(api.VideoGrants(room_join=True, room=self._room.name, agent=agent)).to_jwt()


@asynccontextmanager
async def _place(livekit: LiveKitServer) -> AsyncIterator[Place]:
    async with livekit.api() as server:
        room = await server.room.create_room(api.CreateRoomRequest(name=f"call-{secrets.token_hex(6)}"))
        place = Place(livekit, Agent(server, room), room)
        try:
            yield place
        finally:
            await place.aclose()


@pytest.fixture
async def place(livekit_server: LiveKitServer) -> AsyncIterator[Place]:
    async with _place(livekit_server) as place:
        yield place


def numbers(last: int) -> list[int]:
    return list(range(1, last + 1))


async def all_told(place: Place, page: Page) -> int:
    """The agent has said all it had to say, and the page has it; the number of the last news."""
    await place.agent.falls_silent()
    last = place.agent.told
    await page.until(lambda: last in page.events and page.is_whole and page.said()[-1:] == [last])
    return last


async def test_a_page_that_comes_while_the_agent_talks_gets_all_of_it_in_order_and_once(place: Place) -> None:
    await place.agent_enters()
    page = await place.page_opens()
    await page.has_news()
    last = await all_told(place, page)

    assert page.events == numbers(last)
    assert page.said() == numbers(last)
    assert len(page.words) == 1


async def test_a_page_that_is_reloaded_gets_all_that_the_first_one_may_have_missed(place: Place) -> None:
    await place.agent_enters()
    await (await place.page_opens()).has_news()
    page = await place.page_opens()
    await page.has_news()
    last = await all_told(place, page)

    assert page.kept() == numbers(last)
    assert page.said() == numbers(last)


@pytest.mark.parametrize("whose", ["the page's", "the agent's"])
@pytest.mark.parametrize(
    "kind",
    [rtc.SimulateScenarioKind.SIMULATE_SIGNAL_RECONNECT, rtc.SimulateScenarioKind.SIMULATE_FULL_RECONNECT],
    ids=["resumed", "anew"],
)
async def test_a_connection_that_breaks_loses_nothing(
    place: Place, whose: str, kind: rtc.SimulateScenarioKind.ValueType
) -> None:
    await place.agent_enters()
    page = await place.page_opens()
    await page.has_news()
    room, back = (page.room if whose == "the page's" else place.agent.room), asyncio.Event()
    room.on("reconnected", back.set)
    await room.simulate_scenario(kind)
    await asyncio.wait_for(back.wait(), PATIENCE)
    await page.has_news()
    last = await all_told(place, page)

    assert page.kept() == numbers(last)
    assert page.said() == numbers(last)
