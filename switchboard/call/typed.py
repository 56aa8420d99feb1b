"""What a caller types, on a page or a keypad: each line is a turn of its own, in order, and none is lost."""

import asyncio
from typing import Any

import structlog
from livekit.agents import AgentSession, ConversationItemAddedEvent, llm
from livekit.agents.voice import SpeechHandle

from switchboard.call.call import Call
from switchboard.call.typed_line import TypedLine
from switchboard.waiting import any_set

log = structlog.get_logger(__name__)

MOST_TRIES = 3


class Typed:
    """The lines of one call. A line interrupts the agent, and waits for the next one while the caller is on the way.

    It waits between `hold` and `release`, too: the caller is away, and what is said would be heard by nobody.
    """

    def __init__(self, session: AgentSession[Any], call: Call[Any]) -> None:
        self._session = session
        self._call = call
        self._lines: asyncio.Queue[TypedLine] = asyncio.Queue()
        self._kept = asyncio.Event()
        """The line at hand stands in the conversation."""
        self._free = asyncio.Event()
        self._free.set()
        session.on("conversation_item_added", self._added)

    def take_back(self) -> list[TypedLine]:
        """The lines that nobody has begun to answer; they are answered here no more."""
        lines = [self._lines.get_nowait() for _ in range(self._lines.qsize())]
        at_hand, self._call.typing = self._at_hand, None
        return [at_hand, *lines] if at_hand else lines

    @property
    def waiting(self) -> bool:
        """Whether there is a line that stands in no conversation yet."""
        return self._at_hand is not None or not self._lines.empty()

    @property
    def _at_hand(self) -> TypedLine | None:
        return None if self._kept.is_set() else self._call.typing

    def hold(self) -> None:
        """Have no more lines answered for now."""
        self._free.clear()

    def release(self) -> None:
        """Go on."""
        self._free.set()

    def put(self, text: str, name: str | None = None) -> None:
        """The caller has typed that; `name` is what their page calls it."""
        self._lines.put_nowait(TypedLine(text, name))

    async def answer(self) -> None:
        """Have every line answered, those as well that were typed before; until cancelled."""
        while True:
            self._call.typing = line = await self._lines.get()
            await self._take(line)
            self._call.typing = None

    async def _take(self, line: TypedLine) -> None:
        """LiveKit forgets a line whose answer is interrupted, or fails, before it was asked for: it is given again."""
        self._kept.clear()
        failures = 0
        while not self._kept.is_set():
            await self._turn_has_come()
            answer = await self._ask(line)
            if self._kept.is_set() or answer.interrupted:
                continue
            failures += 1
            log.warning("a typed line was not taken", error=type(answer.exception()).__name__, tries=failures)
            if failures == MOST_TRIES:
                return

    async def _turn_has_come(self) -> None:
        """The caller is there, and so is an agent: while one is waited for, the other may go."""
        departure = self._call.departure
        while not (self._free.is_set() and departure.over.is_set()):
            await self._free.wait()
            await departure.over.wait()

    async def _ask(self, line: TypedLine) -> SpeechHandle:
        """As LiveKit answers what is typed; returns when the line stands in the conversation, or never will."""
        async with self._session._claim_user_turn():  # the caller counts as speaking
            await self._session.interrupt()
            answer = self._session.generate_reply(user_input=line.text)
        ended = asyncio.Event()
        answer.add_done_callback(lambda _: ended.set())
        await any_set(self._kept, ended)
        return answer

    def _added(self, event: ConversationItemAddedEvent) -> None:
        """What they say meanwhile is not it."""
        item, line = event.item, self._call.typing
        if line and isinstance(item, llm.ChatMessage) and item.role == "user" and item.text_content == line.text:
            self._kept.set()
