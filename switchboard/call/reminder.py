"""A word to the model between two turns."""

from typing import Any

from livekit.agents import AgentSession

from switchboard.call.departure import Departure
from switchboard.realtime.session import CallSession


class Reminder:
    """Of one call."""

    def __init__(self, session: AgentSession[Any], departure: Departure) -> None:
        self._session = session
        self._departure = departure

    async def give(self, words: str) -> None:
        """Have `words` stand in the conversation before the caller's next ones, as a system item.

        While they are on the way to another agent nobody has the conversation: it is that agent who learns of it.
        """
        await self._departure.over.wait()
        agent = self._session.current_agent
        known = CallSession.of(agent).chat_ctx.copy()
        known.add_message(role="system", content=words)
        await agent.update_chat_ctx(known, exclude_invalid_function_calls=False)
