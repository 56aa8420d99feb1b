"""When nobody speaks and no answer is under way: LiveKit's idle does not see a caller whom only the service hears."""

import asyncio
from typing import Any

from livekit.agents import AgentSession

from switchboard.realtime import CallModel


class Quiet:
    """Of one call."""

    def __init__(self, session: AgentSession[Any], model: CallModel) -> None:
        self._session = session
        self._model = model

    @property
    def now(self) -> bool:
        """As far as the service knows."""
        return self._model.live.quiet and not self._model.live.away

    async def wait(self) -> None:
        """Wait for it: by then a caller who spoke has their answer. Raises `ActivityClosedError` when the call ends."""
        realtime, told = self._model.live, asyncio.Event()

        def received(_: dict[str, Any]) -> None:
            told.set()

        realtime.on("openai_server_event_received", received)
        try:
            await self._session.wait_for_idle()
            while not self.now:
                told.clear()
                await told.wait()
                await self._session.wait_for_idle()
        finally:
            realtime.off("openai_server_event_received", received)
