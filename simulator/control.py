"""The control API: a running simulator's faults and options, over HTTP, for this machine only.

    GET    /                what it is: its address, options, armed faults and open sessions
    GET    /faults          the faults that exist, and those that are armed
    POST   /faults          arm one: {"name": "drop", "at": "response.done", "nth": 2, "session": 1}
    DELETE /faults          disarm all of them; /faults/drop: those of one name
    GET    /options         the options; of a key only whether there is one
    PATCH  /options         set some: {"first_audio": {"p50": 0.4, "p95": 0.9}, "deployments": ["gpt-realtime"]}

Whatever is wrong with a request is told as {"error": "..."}, and then nothing has changed.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from types import TracebackType
from typing import Self
from urllib.parse import urlsplit

from aiohttp import web

from simulator.fault_kinds import FORMER, KNOWN
from simulator.fault_text import fault_from, shown
from simulator.faults import UnknownFault
from simulator.frame import NotJson, parsed
from simulator.options_text import options_given, options_shown
from simulator.server import Simulator
from simulator.site import Site

HOST = "127.0.0.1"
OURS = ("127.0.0.1", "localhost")
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


class Control:
    """Use it as an async context manager, beside its simulator. Port 0 takes a free one."""

    def __init__(self, simulator: Simulator, port: int = 0) -> None:
        self._simulator = simulator
        self._site = Site(self._app(), HOST, port)

    @property
    def url(self) -> str:
        """Where it listens."""
        return self._site.url

    async def __aenter__(self) -> Self:
        await self._site.open()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._site.close()

    def _app(self) -> web.Application:
        app = web.Application(middlewares=[_guarded])
        app.router.add_get("/", self._show)
        app.router.add_get("/faults", self._show_faults)
        app.router.add_post("/faults", self._arm)
        app.router.add_delete("/faults", self._clear)
        app.router.add_delete("/faults/{name}", self._clear)
        app.router.add_get("/options", self._show_options)
        app.router.add_patch("/options", self._change)
        return app

    async def _show(self, _request: web.Request) -> web.Response:
        simulator = self._simulator
        return web.json_response(
            {
                "url": simulator.url,
                "sessions": simulator.sessions,
                "faults": [shown(fault) for fault in simulator.faults.armed],
                "options": options_shown(simulator.options),
            }
        )

    async def _show_faults(self, _request: web.Request) -> web.Response:
        known = {name: {"does": k.says, "at": k.at, "settings": k.settings} for name, k in KNOWN.items()}
        return web.json_response({"known": known, "armed": [shown(fault) for fault in self._simulator.faults.armed]})

    async def _arm(self, request: web.Request) -> web.Response:
        fault = fault_from(await _body(request))
        self._simulator.faults.arm(fault)
        return web.json_response(shown(fault), status=201)

    async def _clear(self, request: web.Request) -> web.Response:
        name = request.match_info.get("name")
        if name is not None and name not in KNOWN and name not in FORMER:
            raise UnknownFault(f"unknown fault {name!r}; known: {', '.join(sorted(KNOWN))}")
        self._simulator.faults.clear(name)
        return web.json_response({"armed": [shown(fault) for fault in self._simulator.faults.armed]})

    async def _show_options(self, _request: web.Request) -> web.Response:
        return web.json_response(options_shown(self._simulator.options))

    async def _change(self, request: web.Request) -> web.Response:
        body = await _body(request)
        if not isinstance(body, dict):
            raise ValueError("the body has to be an object: options and their values")
        self._simulator.change(**options_given(body))
        return web.json_response(options_shown(self._simulator.options))


async def _body(request: web.Request) -> object:
    if request.content_type != "application/json":
        raise ValueError("the body has to be JSON, with Content-Type: application/json")
    try:
        return parsed(await request.read())
    except NotJson:
        raise ValueError("the body is not JSON") from None


@web.middleware
async def _guarded(request: web.Request, handler: Handler) -> web.StreamResponse:
    # A page in a browser on this machine may ask here too, in its own name or, by a name it has bent to us, in ours.
    if "Origin" in request.headers or urlsplit(f"//{request.host}").hostname not in OURS:
        return web.json_response({"error": "only for programs on this machine"}, status=403)
    try:
        return await handler(request)
    except ValueError as error:
        return web.json_response({"error": str(error)}, status=400)
    except web.HTTPException as error:
        return web.json_response({"error": error.reason}, status=error.status)
