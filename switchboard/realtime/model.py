"""The realtime model of one call: every agent of the call shares it, so that a handoff keeps the connection."""

from collections.abc import Awaitable, Callable
from typing import Any

from livekit.plugins.openai.realtime import RealtimeModel

from switchboard.realtime.session import CallSession

TokenProvider = Callable[[], Awaitable[str]]


class CallModel(RealtimeModel):
    """LiveKit's realtime model, making `CallSession`s. One per call, never shared between calls.

    `token` gives a fresh Entra token for each connect; it raises `APIConnectionError` when it has none.
    `reconnected` hears the seconds that a dropped connection was away.
    The other options are LiveKit's own.
    """

    def __init__(
        self,
        *,
        token: TokenProvider | None = None,
        reconnected: Callable[[float], None] = lambda _: None,
        **options: Any,
    ) -> None:
        super().__init__(**options)
        self.token = token
        self.reconnected = reconnected
        self._live: CallSession | None = None

    @property
    def live(self) -> CallSession:
        """The call's session. Raises `RuntimeError` before the call has begun."""
        if self._live is None:
            raise RuntimeError("the call has not begun")
        return self._live

    async def hang_up(self) -> None:
        """Close the connection, which costs money while it is open: within 2 s, whatever the rest of the call does."""
        if self._live is not None:
            await self._live.aclose()

    def session(self, *, turn_detection_disabled: bool = False) -> CallSession:
        """A session on this model; LiveKit asks for one per call."""
        session = CallSession(
            self, token=self.token, reconnected=self.reconnected, turn_detection_disabled=turn_detection_disabled
        )
        self._sessions.add(session)
        self._live = session
        return session
