"""Nothing that operators see is kept on the way to them, or in their browser: refusals neither."""

from starlette.datastructures import MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from switchboard.http.operate.cookies import PATH


class NoStore:
    """A middleware: says so in every answer under `/operate`."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message)["Cache-Control"] = "no-store"
            await send(message)

        theirs = scope["type"] == "http" and scope["path"].removeprefix(scope.get("root_path", "")).startswith(PATH)
        await self._app(scope, receive, marked if theirs else send)
