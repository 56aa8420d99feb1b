"""How often one address may ask, and how much it may send."""

import math
import time
from collections import OrderedDict
from collections.abc import Callable
from ipaddress import IPv6Address, ip_address, ip_network

from fastapi import HTTPException, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from switchboard.http.errors import TooManyRequests

MOST_ADDRESSES = 10_000
LONGEST_ADDRESS = 64


class RateLimit:
    """A FastAPI dependency: `per_minute` requests an address, in one go or spread. Raises `TooManyRequests`."""

    def __init__(self, per_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = float(per_minute)
        self._per_second = per_minute / 60
        self._clock = clock
        # address -> what was left, and when; the one that asked last stands last
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    async def __call__(self, request: Request) -> None:
        if wait := self.take(network_of(request.client.host if request.client else "")):
            raise TooManyRequests({"Retry-After": str(math.ceil(wait))})

    def take(self, address: str) -> float:
        """Count one request; the seconds to wait if it is one too many, else 0."""
        now = self._clock()
        left, then = self._left.pop(address, (self._most, now))
        left = min(self._most, left + (now - then) * self._per_second)
        self._left[address] = (left - 1 if left >= 1 else left, now)
        if len(self._left) > MOST_ADDRESSES:
            self._left.popitem(last=False)
        return 0 if left >= 1 else (1 - left) / self._per_second


def network_of(host: str) -> str:
    """What counts as one caller: an IPv4 address, or the /64 that an IPv6 customer has to themselves."""
    try:
        address = ip_address(host.partition("%")[0])
    except ValueError:
        return host[:LONGEST_ADDRESS]
    if not isinstance(address, IPv6Address):
        return str(address)
    return str(address.ipv4_mapped or ip_network((address, 64), strict=False))


class BodyLimit:
    """A middleware: requests of more than `most` bytes are refused. FastAPI's own says so in plain text."""

    def __init__(self, app: ASGIApp, most: int) -> None:
        self._app = app
        self._most = most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        size = 0

        async def counted() -> Message:
            nonlocal size
            message = await receive()
            size += len(message.get("body", b""))
            if size > self._most:
                raise HTTPException(413)  # not ours: FastAPI lets only its own through while it reads
            return message

        await self._app(scope, counted if scope["type"] == "http" else receive, send)
