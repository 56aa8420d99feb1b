"""Azure OpenAI's list of the models of a resource, and when each ends."""

from __future__ import annotations

from aiohttp import web

from simulator.handshake import Doorman, Refused
from simulator.options import Options

PATH = "/openai/models"


class Models:
    """`GET /openai/models`, as the reference of 2024-10-21 shows it."""

    def __init__(self, options: Options, doorman: Doorman) -> None:
        self._options = options
        self._doorman = doorman

    def routes(self) -> list[web.RouteDef]:
        return [web.get(PATH, self._list)]

    async def _list(self, request: web.Request) -> web.Response:
        try:
            if "api-version" not in request.query:
                raise Refused(404, "404", "Resource not found")
            self._doorman.check_credentials(request)
        except Refused as refused:
            return refused.response()
        listed = [_model(name, ends) for name, ends in self._options.models.items()]
        return web.json_response({"data": listed, "object": "list"})


def _model(name: str, ends: int) -> dict[str, object]:
    return {
        "id": name,
        "object": "model",
        "status": "succeeded",
        "lifecycle_status": "generally-available",
        "deprecation": {"inference": ends},
    }
