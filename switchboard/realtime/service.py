"""The service that a call is held with, at one of several endpoints: where it is, and for how long it may fail."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import aiohttp
from livekit.agents import APIConnectionError, APIError
from livekit.agents.llm._realtime.openai import _RealtimeOptions

from switchboard.realtime.endpoints import Endpoints
from switchboard.realtime.patience import Patience

PATIENCE_SECONDS = 20.0
ELSEWHERE_SECONDS = 3.0
"""A service that wants to be left alone for longer is left, if there is another one."""


@dataclass(frozen=True)
class Retry:
    """When a failed answer is asked for again, and whether on another endpoint, which is at hand then."""

    seconds: float
    elsewhere: bool


class Service:
    """Of one call. `patience_seconds` are for its answers and for its connections, each by itself."""

    def __init__(self, endpoints: Endpoints, patience_seconds: float) -> None:
        self._endpoints = endpoints
        self._answers = Patience(patience_seconds)
        self._connects = Patience(patience_seconds)

    async def connect(
        self, options: _RealtimeOptions, connect: Callable[[], Awaitable[aiohttp.ClientWebSocketResponse]]
    ) -> aiohttp.ClientWebSocketResponse:
        """What `connect` makes by `options`, at the endpoint at hand.

        Raises `APIConnectionError` while the service may still come, and `APIError` when it has been given up.
        """
        endpoint = self._endpoints.at_hand
        if where := endpoint.address:
            options.base_url, options.azure_deployment, options.api_key = where.base_url, where.deployment, where.key
        try:
            if endpoint.token is not None:
                options.entra_token = await endpoint.token()
            return await connect()
        except APIConnectionError as error:
            self._endpoints.failed()
            if self._connects.failed() is None or self._endpoints.hopeless:
                raise APIError("the service did not come back", retryable=False) from error
            raise

    def connected(self) -> None:
        """It greets."""
        self._connects.served()
        self._endpoints.served()

    def answered(self) -> None:
        """An answer is complete."""
        self._answers.served()
        self._endpoints.served()

    def failed(self, message: str) -> Retry | None:
        """An answer failed, for what `message` says; None: it is not asked for again."""
        seconds = self._answers.failed(message)
        breaker = self._endpoints.at_hand.breaker
        breaker.failed()
        soon = seconds is not None and seconds <= ELSEWHERE_SECONDS and not breaker.down
        if self._endpoints.another and not soon:
            self._endpoints.leave()
            self._answers.served()
            return Retry(0.0, elsewhere=True)
        return None if seconds is None else Retry(seconds, elsewhere=False)
