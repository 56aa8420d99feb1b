"""When an agent has the caller, nobody speaks and no answer is under way.

LiveKit's idle does not see a caller whom only the service hears, and ends with the agent who hands them on.
"""

import asyncio
from typing import Any

from livekit.agents import AgentSession
from livekit.agents.voice.agent_activity import ActivityClosedError

from switchboard.call.departure import Departure
from switchboard.realtime import CallModel
from switchboard.waiting import any_set


class Quiet:
    """Of one call."""

    def __init__(self, session: AgentSession[Any], model: CallModel, departure: Departure) -> None:
        self._session = session
        self._model = model
        self._departure = departure
        self._closed = asyncio.Event()
        session.on("close", lambda _: self._closed.set())

    @property
    def now(self) -> bool:
        """As far as the service knows."""
        live = self._model.live
        return live.quiet and not live.away and self._departure.over.is_set()

    async def wait(self) -> None:
        """Wait for it: by then a caller who spoke has their answer. Raises `ActivityClosedError` when the call ends."""
        realtime, told = self._model.live, asyncio.Event()

        def received(_: dict[str, Any]) -> None:
            told.set()

        realtime.on("openai_server_event_received", received)
        try:
            await self._idle()
            while not self.now:
                told.clear()
                await any_set(told, self._closed)
                await self._idle()
        finally:
            realtime.off("openai_server_event_received", received)

    async def _idle(self) -> None:
        """As far as LiveKit knows, of the agent who has the caller."""
        while True:
            await any_set(self._departure.over, self._closed)
            if self._closed.is_set():
                raise ActivityClosedError("the call is over")
            try:
                await self._session.wait_for_idle()
            except ActivityClosedError:
                if self._departure.over.is_set():
                    raise
            if self._departure.over.is_set():
                return
