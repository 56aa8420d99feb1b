"""Addresses that a browser shows to a person: what is refused there is told by the operators' page, and not as JSON."""

from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import RedirectResponse
from fastapi.routing import APIRoute

from switchboard.http.errors import Refused
from switchboard.http.operate.cookies import PATH

REFUSED = "refused"
"""Names, in the page's address, the code of what was refused."""


class Visit(APIRoute):
    """A route whose refusals send a browser on to the page; programs get them as ever."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """As FastAPI's own, checks before the endpoint included."""
        answer = super().get_route_handler()

        async def visited(request: Request) -> Response:
            try:
                return await answer(request)
            except Refused as refusal:
                if "text/html" not in request.headers.get("accept", ""):
                    raise
                root = request.scope.get("root_path", "")
                return RedirectResponse(f"{root}{PATH}?{urlencode({REFUSED: refusal.code})}", 303)

        return visited
