"""What a caller types on a page: LiveKit's text streams, of which a person's are taken, and a machine's flood is not.

LiveKit's own input takes any number of texts, of any length, and keeps all of each until it has ended.
"""

import asyncio
import re
import time
from collections.abc import Callable

import structlog
from livekit import rtc
from livekit.agents.types import TOPIC_CHAT

from switchboard.background import Background
from switchboard.text import clean

log = structlog.get_logger(__name__)

MOST_CHARACTERS = 1000
"""Of one text, as our page has it; of a longer one the beginning is taken."""
AT_ONCE, SECONDS_EACH = 10, 2.0
"""So many texts at once, and one more after each of these seconds: more than anybody types, or waits to be answered."""

NAME, A_NAME = "switchboard.typed", re.compile(r"[0-9a-f-]{32,36}")
"""The attribute in which a page says what it calls a text: random digits, and nothing else goes into a ledger."""

ORDER_SECONDS = 1.0
"""So long a text waits for the one that was begun before it: each is read as its pieces come."""


class Chat:
    """Takes what the caller of `room` types to `entered`, with the name that their page has for it, if any.

    `is_caller` tells whose text it is. Nothing is taken before the agent is `seated`, for good.
    """

    def __init__(
        self,
        room: rtc.Room,
        is_caller: Callable[[str], bool],
        seated: asyncio.Event,
        entered: Callable[[str, str | None], None],
        background: Background,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._room = room
        self._is_caller = is_caller
        self._seated = seated
        self._entered = entered
        self._background = background
        self._clock = clock
        self._left, self._counted, self._taking = float(AT_ONCE), clock(), True
        self._newest: asyncio.Task[None] | None = None

    def open(self) -> None:
        """Take texts from now on."""
        self._room.register_text_stream_handler(TOPIC_CHAT, self._came)

    def _came(self, reader: rtc.TextStreamReader, identity: str) -> None:
        if self._is_caller(identity) and self._has_room():
            self._newest = self._background.run(self._read(reader, self._newest), "read what is typed")
        else:
            reader.close()

    def _has_room(self) -> bool:
        now = self._clock()
        left = min(AT_ONCE, self._left + (now - self._counted) / SECONDS_EACH)
        has_room = left >= 1
        if self._taking and not has_room:
            log.warning("texts are not taken: more come than a person can type")
        self._left, self._counted, self._taking = left - has_room, now, has_room
        return has_room

    async def _read(self, reader: rtc.TextStreamReader, before: asyncio.Task[None] | None) -> None:
        text = ""
        try:
            async for piece in reader:
                text += piece
                if len(text) > MOST_CHARACTERS:
                    break
        except rtc.StreamError:
            return  # its sender has left in the middle
        finally:
            reader.close()
        if before:
            await asyncio.wait([before], timeout=ORDER_SECONDS)
        await self._seated.wait()
        if words := clean(text[:MOST_CHARACTERS]).strip():
            self._entered(words, _name_of(reader))


def _name_of(reader: rtc.TextStreamReader) -> str | None:
    name = (reader.info.attributes or {}).get(NAME, "")
    return name if A_NAME.fullmatch(name) else None
