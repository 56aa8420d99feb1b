"""Answers are what they say they are: no browser makes a script of one that is none."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from switchboard.http.errors import NO_SNIFFING


class NoSniffing:
    """A middleware: says so in every answer."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)[NO_SNIFFING] = "nosniff"
            await send(message)

        await self._app(scope, receive, marked)
