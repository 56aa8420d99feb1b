"""Between a client and a real service: passes everything on, both ways, and records the realtime sessions.

The client brings its own key. It goes to the endpoint and nowhere else.
"""

from __future__ import annotations

import asyncio
import contextlib
import re
from types import TracebackType
from typing import Self, TypeAlias
from urllib.parse import urlsplit

import aiohttp
from aiohttp import WSMsgType, web

from simulator.site import Site
from simulator.tape import Recorder

LARGEST = 32 * 1024 * 1024
OWN = re.compile(
    r"host|connection|upgrade|keep-alive|te|trailer|transfer-encoding|proxy-.*|content-length|sec-websocket-.*",
    re.IGNORECASE,
)
"""Headers that belong to one connection, and are not passed on."""
ENCODED = frozenset({"content-encoding", "content-length", "transfer-encoding", "connection", "date", "server"})
"""Headers of an answer that belong to one connection, or to a body that has been unpacked."""
UNSAID = 1005
"""A goodbye without a code."""
Socket: TypeAlias = web.WebSocketResponse | aiohttp.ClientWebSocketResponse


class EndpointError(ValueError):
    """An address that cannot be an endpoint."""


class Proxy:
    """Listens as the endpoint would. Use it as an async context manager; port 0 takes a free one.

    Raises EndpointError for what is no address of a service, and for one with a key in it.
    """

    def __init__(self, endpoint: str, recorder: Recorder, port: int = 0, host: str = "127.0.0.1") -> None:
        self._endpoint = checked(endpoint)
        self._recorder = recorder
        app = web.Application(client_max_size=LARGEST)
        app.router.add_route("*", "/{path:.*}", self._pass_on)
        self._site = Site(app, host, port)

    @property
    def url(self) -> str:
        """What clients are pointed at."""
        return self._site.url

    async def __aenter__(self) -> Self:
        # An answer may be long in coming: the client has its own patience.
        self._http = aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=None), auto_decompress=True)
        try:
            await self._site.open()
        except OSError:
            await self._http.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self._http.close()
        await self._site.close()

    async def _pass_on(self, request: web.Request) -> web.StreamResponse:
        if not request.raw_path.startswith("/"):
            return _refusal(400, "The path has to begin with a slash.")
        try:
            if web.WebSocketResponse().can_prepare(request).ok:
                return await self._socket(request)
            return await self._plain(request)
        except aiohttp.ClientError as error:
            return _refusal(502, f"The endpoint cannot be reached: {type(error).__name__}")

    async def _socket(self, request: web.Request) -> web.StreamResponse:
        offered = [each.strip() for each in request.headers.get("Sec-WebSocket-Protocol", "").split(",") if each]
        try:
            service = await self._http.ws_connect(
                self._target(request), headers=_headers(request), protocols=offered, max_msg_size=LARGEST
            )
        except aiohttp.WSServerHandshakeError as refused:
            return _refusal(refused.status, refused.message)
        agreed = [service.protocol] if service.protocol else []
        client = self._recorder.socket(request, protocols=agreed, max_msg_size=LARGEST, compress=False)
        try:
            await client.prepare(request)
            await _Bridge(client, service, request.transport).run()
        finally:
            await service.close()
        return client

    async def _plain(self, request: web.Request) -> web.StreamResponse:
        """All else, such as speech or the list of models: not recorded."""
        body = await request.read()
        target, headers = self._target(request), _headers(request)
        async with self._http.request(request.method, target, headers=headers, data=body, allow_redirects=False) as got:
            kept = [(name, value) for name, value in got.headers.items() if name.lower() not in ENCODED]
            answer = web.StreamResponse(status=got.status, headers=kept)
            await answer.prepare(request)
            async for piece in got.content.iter_any():
                await answer.write(piece)
            await answer.write_eof()
            return answer

    def _target(self, request: web.Request) -> str:
        return f"{self._endpoint}{request.raw_path}"


class _Bridge:
    """Two sockets, as if they were one: who leaves first leaves as it would have without us."""

    def __init__(
        self,
        client: web.WebSocketResponse,
        service: aiohttp.ClientWebSocketResponse,
        transport: asyncio.BaseTransport | None,
    ) -> None:
        self._client, self._service = client, service
        self._transport = transport
        self._over = False

    async def run(self) -> None:
        """Pass frames on until somebody leaves."""
        await asyncio.gather(self._pump(self._client, self._service), self._pump(self._service, self._client))

    async def _pump(self, source: Socket, drain: Socket) -> None:
        with contextlib.suppress(ConnectionError):  # the drain has gone: its own pump tells how
            while (message := await source.receive()).type in (WSMsgType.TEXT, WSMsgType.BINARY):
                if message.type is WSMsgType.TEXT:
                    await drain.send_str(message.data)
                else:
                    await drain.send_bytes(message.data)
            if not self._over:
                self._over = True
                await self._leave(message, drain)

    async def _leave(self, message: aiohttp.WSMessage, drain: Socket) -> None:
        if message.type is WSMsgType.CLOSE:
            code = message.data if message.data not in (0, UNSAID) else 1000
            await drain.close(code=code, message=(message.extra or "").encode())
        elif drain is self._client and isinstance(self._transport, asyncio.Transport):
            self._transport.abort()
        else:
            await drain.close()


def checked(endpoint: str) -> str:
    """The endpoint without a slash at its end. Raises EndpointError."""
    try:
        parts = urlsplit(endpoint)
        known = parts.scheme in ("http", "https") and bool(parts.hostname) and (parts.port or 1) > 0
    except ValueError:
        known = False
    if not known:
        raise EndpointError("the endpoint has to begin with https:// (or http://) and name a host")
    if "@" in parts.netloc or parts.query or parts.fragment:
        raise EndpointError("the endpoint must not have a key, a query or a fragment: clients bring their own key")
    return endpoint.rstrip("/")


def _headers(request: web.Request) -> list[tuple[str, str]]:
    return [(name, value) for name, value in request.headers.items() if not OWN.fullmatch(name)]


def _refusal(status: int, message: str) -> web.Response:
    return web.json_response({"error": {"code": str(status), "message": message}}, status=status)
