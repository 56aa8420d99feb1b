"""Which calls a worker takes. One that is full tells phones that it is busy: LiveKit would let them ring on."""

import asyncio
from collections.abc import Callable, Collection

import aiohttp
import structlog
from livekit import api
from livekit.agents import JobRequest
from livekit.protocol.models import ParticipantInfo

from switchboard.background import Background
from switchboard.call.dispatch import Dispatch
from switchboard.livekit import AGAIN_SECONDS, client_of, close_room
from switchboard.settings.schema import LiveKitAccess

log = structlog.get_logger(__name__)

OTHERS_SECONDS = 0.5
"""So long another worker may take the call."""
ANSWER_SECONDS = 5.0
AT_ONCE = 4
"""So many callers are refused at a time: an overrun server that all of them ask, again and again, closes no room."""
RINGS_SECONDS = 180.0
"""LiveKit SIP (1.8.0) lets a phone ring for so long that nobody answers or refuses."""


class Admission:
    """Takes `most` calls at once; `running` gives the ids of the jobs there are. `livekit` is where the rooms are.

    The last `kept_for_phone` places are given to phones only. `busy` hears of each phone that is told so.
    """

    def __init__(
        self,
        livekit: LiveKitAccess,
        most: int,
        running: Callable[[], Collection[str]],
        kept_for_phone: int = 0,
        busy: Callable[[], None] = lambda: None,
    ) -> None:
        self._livekit = livekit
        self._most = most
        self._kept_for_phone = kept_for_phone
        self._busy = busy
        self._running = running
        self._accepting: set[str] = set()
        self._background = Background(lambda: None)  # the worker's own calls go on
        self._client: api.LiveKitAPI | None = None
        self._refusing = asyncio.Semaphore(AT_ONCE)

    async def aclose(self) -> None:
        """Give up the refusals that are under way: the worker ends."""
        await self._background.aclose()
        if self._client:
            await self._client.aclose()

    async def decide(self, request: JobRequest) -> None:
        """Take a call, or leave it to another worker."""
        phone = Dispatch.understood(request.job.metadata).phone
        most = self._most - (0 if phone else self._kept_for_phone)
        if len(self._accepting.union(self._running())) >= most:
            log.warning("a call was left to others: this worker is full", calls=most)
            await request.reject(terminate=False)
            if phone:
                self._background.run(self._refuse(request.room.name), "busy line")
            return
        self._accepting.add(request.job.id)
        try:
            await request.accept()
        finally:
            self._accepting.discard(request.job.id)

    async def _refuse(self, room: str) -> None:
        """Close the room of a phone that nobody took: its caller hears that the line is busy (486)."""
        await asyncio.sleep(OTHERS_SECONDS)
        try:
            async with asyncio.timeout(RINGS_SECONDS):
                while not await self._refused(room):  # noqa: ASYNC110 - no server tells that it has time again
                    await asyncio.sleep(AGAIN_SECONDS)
        except TimeoutError:
            log.warning("a caller was not told that the line is busy", room=room)

    async def _refused(self, room: str) -> bool:
        """Whether nothing is left to do: the room is closed, or another worker's."""
        async with self._refusing:
            try:
                async with asyncio.timeout(ANSWER_SECONDS):  # the client's own timeout never acts
                    server = self._server()
                    there = await server.room.list_participants(api.ListParticipantsRequest(room=room))
            except (api.TwirpError, aiohttp.ClientError, TimeoutError):
                return False
            if any(one.kind == ParticipantInfo.Kind.AGENT for one in there.participants):
                return True
            if not await close_room(server, room):
                return False
        log.warning("a caller was told that the line is busy", room=room)
        self._busy()
        return True

    def _server(self) -> api.LiveKitAPI:
        """One client for all refusals: there are many at once when a line is overrun."""
        if self._client is None:
            self._client = client_of(self._livekit)
        return self._client
