"""What the web app answers, counted for whoever watches it."""

import time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from switchboard.telemetry.web import DURATION, OPEN, REQUESTS

NO_ROUTE = "none"
"""The page's files, and whatever there is not: what somebody asks for is in no label."""
METHODS = ("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS")


class Measured:
    """A middleware: the outermost, so that it sees what the others refuse."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began, streaming = time.monotonic(), False

        async def seen(message: Message) -> None:
            nonlocal streaming
            if message["type"] == "http.response.start":
                streaming = True
                route = route_of(scope)
                OPEN.labels(route).inc()
                DURATION.labels(route).observe(time.monotonic() - began)
                REQUESTS.labels(method_of(scope), route, message["status"]).inc()
            await send(message)

        try:
            await self._app(scope, receive, seen)
        finally:
            if streaming:
                OPEN.labels(route_of(scope)).dec()


def route_of(scope: Scope) -> str:
    """The pattern of the address, as FastAPI knows it, such as `/lines/{name}`."""
    return getattr(scope.get("route"), "path", NO_ROUTE)


def method_of(scope: Scope) -> str:
    method: str = scope["method"]
    return method if method in METHODS else "other"
