"""The realtime model of one call: every agent of the call shares it, so that a handoff keeps the connection."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, cast

import aiohttp
from livekit.agents import APIConnectOptions
from livekit.plugins.openai.realtime import RealtimeModel

from switchboard.realtime.breaker import Breaker
from switchboard.realtime.endpoints import Endpoint, Endpoints
from switchboard.realtime.patience import RETRY_SECONDS
from switchboard.realtime.readable import ReadableFrames
from switchboard.realtime.service import PATIENCE_SECONDS
from switchboard.realtime.session import CallSession
from switchboard.tapes.tapes import Taping, untaped


@dataclass(frozen=True)
class Retrying(APIConnectOptions):
    """Soon at first: a connection that is lost as soon as it is made anew is no outage."""

    def _interval_for_retry(self, num_retries: int) -> float:
        later = RETRY_SECONDS[min(num_retries, len(RETRY_SECONDS)) - 1]
        return later if num_retries else super()._interval_for_retry(num_retries)


CONNECT = Retrying(max_retry=10_000, timeout=5.0)
"""It is the session that gives up, by time and not by number."""

TokenProvider = Callable[[], Awaitable[str]]


class Readable:
    """LiveKit's HTTP session, whose WebSockets give no frame that cannot be read: one would end LiveKit's session."""

    def __init__(self, session: aiohttp.ClientSession, taping: Taping) -> None:
        self._session = session
        self._taping = taping

    async def ws_connect(self, url: str, headers: dict[str, str]) -> aiohttp.ClientWebSocketResponse:
        """As the session does it."""
        # pings are answered by `ReadableFrames`, which tells of the answers to ours
        connection = await self._session.ws_connect(url, headers=headers, autoping=False)
        return cast("aiohttp.ClientWebSocketResponse", ReadableFrames(self._taping(connection, url)))


class CallModel(RealtimeModel):
    """LiveKit's realtime model, making `CallSession`s. One per call, never shared between calls.

    `token` gives a fresh Entra token for each connect; it raises `APIConnectionError` when it has none.
    `endpoints` are all that serve the model, each with its own token; None: the one of LiveKit's options.
    `reconnected` hears the seconds that a dropped connection was away.
    `taping` puts what goes over each connection on a tape.
    `refused` hears of each answer that the service's content filter has cut, `gave_up` that the service was given up,
    after `patience_seconds`, and LiveKit hears it when that returns. `began` gets the session, before it connects. All
    three are to be set before the call begins.
    The other options are LiveKit's own.
    """

    def __init__(
        self,
        *,
        token: TokenProvider | None = None,
        endpoints: Endpoints | None = None,
        reconnected: Callable[[float], None] = lambda _: None,
        patience_seconds: float = PATIENCE_SECONDS,
        taping: Taping = untaped,
        **options: Any,
    ) -> None:
        super().__init__(conn_options=CONNECT, **options)
        self.token = token
        self._endpoints = endpoints or Endpoints([Endpoint(Breaker("realtime"), token=token)])
        self.reconnected = reconnected
        self.refused: Callable[[], None] = lambda: None
        self.gave_up: Callable[[], Awaitable[None]] | None = None
        self.began: Callable[[CallSession], None] = lambda _: None
        self._patience_seconds = patience_seconds
        self._taping = taping
        self._live: CallSession | None = None

    @property
    def live(self) -> CallSession:
        """The call's session. Raises `RuntimeError` before the call has begun."""
        if self._live is None:
            raise RuntimeError("the call has not begun")
        return self._live

    def rest(self) -> None:
        """Let the connection go for as long as nobody is there."""
        if self._live is not None:
            self._live.rest()

    def wake(self) -> None:
        """Somebody is there."""
        if self._live is not None:
            self._live.wake()

    async def hang_up(self) -> None:
        """Close the connection, which costs money while it is open: within 2 s, whatever the rest of the call does."""
        if self._live is not None:
            await self._live.aclose()

    def _ensure_http_session(self) -> aiohttp.ClientSession:
        return cast("aiohttp.ClientSession", Readable(super()._ensure_http_session(), self._taping))

    def session(self, *, turn_detection_disabled: bool = False) -> CallSession:
        """A session on this model; LiveKit asks for one per call."""
        session = CallSession(
            self,
            endpoints=self._endpoints,
            reconnected=self.reconnected,
            refused=self.refused,
            gave_up=self.gave_up,
            patience_seconds=self._patience_seconds,
            turn_detection_disabled=turn_detection_disabled,
        )
        self._sessions.add(session)
        self._live = session
        self.began(session)
        return session
