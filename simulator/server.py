"""The simulator: one HTTP server for realtime, Cartesia and speech, in this process."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Mapping
from dataclasses import replace
from random import Random
from types import TracebackType
from typing import Any, Self, TypeVar

from aiohttp import web

from simulator.backend import Backend
from simulator.cartesia import Cartesia
from simulator.client_secret import ClientSecrets
from simulator.client_secret_endpoint import ClientSecretEndpoint
from simulator.connection import Connection
from simulator.detector import DETECTORS
from simulator.dialect import Dialect, Ga, Preview, PreviewTranscription
from simulator.faults import Faults
from simulator.handshake import SUBPROTOCOL, Doorman, Refused, turn_away
from simulator.hearing import Hearing
from simulator.mind import Mind, Warms
from simulator.models import Models
from simulator.options import Options
from simulator.preview_secret_endpoint import PreviewSecretEndpoint
from simulator.recognizer import Deaf, Recognizer
from simulator.record import Failure, Frame, Record
from simulator.site import Site
from simulator.speech import SpeechEndpoint
from simulator.tape import Recorder
from simulator.times import drawn
from simulator.voice import Voice

T = TypeVar("T")
OPENAI_PATH = "/v1/realtime"
GA_PATHS = ("/openai/v1/realtime", OPENAI_PATH, "/realtime")
PREVIEW_PATH = "/openai/realtime"
GOING_AWAY = 1001
SOCKET: Mapping[str, Any] = {
    "max_msg_size": 32 * 1024 * 1024,
    "compress": False,
    "protocols": (SUBPROTOCOL,),
}


class Simulator:
    """Azure OpenAI Realtime, Azure OpenAI speech and Cartesia at one `url`, thinking with `mind`.

    Use it as an async context manager. Port 0 takes a free port. Start and stop it on one event loop.
    `recognizer` has the words of spoken turns for which the mind has none; it stays the caller's to close.
    `voice` speaks; by default eSpeak NG does. `recorder` keeps the realtime sessions.
    """

    def __init__(
        self,
        mind: Mind,
        options: Options | None = None,
        port: int = 0,
        host: str = "127.0.0.1",
        recognizer: Recognizer | None = None,
        voice: Voice | None = None,
        recorder: Recorder | None = None,
    ) -> None:
        self.options = replace(options or Options())
        self.faults = Faults(self.options.faults, self.options.seed)
        self._record = Record()
        self._mind = mind
        self._voice = voice or Voice()
        self._recorder = recorder
        self._dice = Random(self.options.seed)
        ears = recognizer or Deaf()
        hearing = Hearing(DETECTORS[self.options.detector]())
        self._backend = Backend(mind, self.options, self.faults, self._voice, self._record, ears, self._dice, hearing)
        secrets = ClientSecrets()
        self._doorman = Doorman(self.options, self.faults, secrets)
        self._secrets = ClientSecretEndpoint(self.options, self._doorman, secrets)
        self._preview_secrets = PreviewSecretEndpoint(self.options, self._doorman, secrets)
        self.cartesia = Cartesia(self._backend)
        self.speech = SpeechEndpoint(self._backend, self._doorman)
        self._models = Models(self.options, self._doorman)
        self.opened = 0
        self._connections: set[Connection] = set()
        self._host, self._port = host, port
        self._site: Site | None = None

    @property
    def url(self) -> str:
        """The Azure endpoint, Cartesia's base URL and the speech endpoint. Raises RuntimeError when not started."""
        if self._site is None:
            raise RuntimeError("the simulator is not running: use `async with simulator`")
        return self._site.url

    @property
    def port(self) -> int:
        """The port it listens on; 0 before it is started, if it may choose."""
        return self._port

    @property
    def open(self) -> int:
        """Realtime sockets that are open now."""
        return len(self._connections)

    @property
    def sessions(self) -> list[Mapping[str, Any]]:
        """The realtime sessions that are open now, in the order in which they were opened."""
        return sorted((connection.summary for connection in self._connections), key=lambda one: int(one["number"]))

    @property
    def frames(self) -> deque[Frame]:
        """Every client event on realtime sockets, in order; the last ones only, in a long life."""
        return self._record.frames

    @property
    def errors(self) -> deque[Failure]:
        """Every `error` event on realtime sockets, in order."""
        return self._record.errors

    def received(self, kind: str) -> list[Mapping[str, Any]]:
        """The client events of one type, such as "response.create"."""
        return [frame.event for frame in self.frames if frame.event["type"] == kind]

    async def wait_for(self, predicate: Callable[[], T], within: float = 5.0) -> T:
        """The first true value of `predicate`, asked after each thing that happens here. Raises TimeoutError."""
        return await self._record.wait_for(predicate, within)

    def change(self, **options: Any) -> None:
        """Set options while it runs: they hold from the next connection, session or answer on."""
        for name, value in options.items():
            setattr(self.options, name, value)
        if "detector" in options:
            DETECTORS[self.options.detector]()
        if "seed" in options:
            self.faults.reseed(self.options.seed)
            self._dice.seed(self.options.seed)

    async def drop(self) -> None:
        """Cut every open realtime socket now, without a goodbye; returns when they are gone."""
        for connection in list(self._connections):
            connection.drop(at_once=True)
        await self.wait_for(lambda: not self._connections)

    async def start(self) -> None:
        """Listen. Raises OSError when the port is taken, RuntimeError when eSpeak does not start."""
        # What speaks is loaded now, not while the first callers wait; what hears was loaded with us.
        await self._voice.warm()
        site = Site(self._app(), self._host, self._port)
        await site.open()
        self._site, self._port = site, site.port

    async def warm(self) -> None:
        """Load what its mind needs to understand callers, off the event loop: whoever asks before waits for it."""
        if isinstance(self._mind, Warms):
            await asyncio.to_thread(self._mind.warm)

    async def stop(self) -> None:
        """Close all sockets and stop listening; takes no longer than a moment."""
        if self._site is None:
            return
        for connection in list(self._connections):
            connection.close(GOING_AWAY, "The server is shutting down")
        await self.cartesia.stop()
        site, self._site = self._site, None
        await site.close()

    async def __aenter__(self) -> Self:
        await self.start()
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.stop()

    def _app(self) -> web.Application:
        app = web.Application()
        app.router.add_get("/health", self._health)
        for path in GA_PATHS:
            app.router.add_get(path, self._ga)
        app.router.add_get(PREVIEW_PATH, self._preview)
        app.router.add_routes([*self.cartesia.routes(), *self.speech.routes(), *self._models.routes()])
        app.router.add_routes([*self._secrets.routes(), *self._preview_secrets.routes()])
        return app

    def _socket(self, request: web.Request) -> web.WebSocketResponse:
        if self._recorder is not None:
            return self._recorder.socket(request, **SOCKET)
        return web.WebSocketResponse(**SOCKET)

    async def _health(self, _request: web.Request) -> web.Response:
        return web.json_response({"open": self.open, "opened": self.opened})

    async def _ga(self, request: web.Request) -> web.StreamResponse:
        return await self._realtime(request, preview=False)

    async def _preview(self, request: web.Request) -> web.StreamResponse:
        return await self._realtime(request, preview=True)

    async def _refuse(self, request: web.Request, refused: Refused) -> web.StreamResponse:
        in_socket = request.path == OPENAI_PATH and self.options.openai_refusal == "socket"
        if in_socket and refused.openai is not None:
            return await turn_away(request, refused.openai)
        return refused.response()

    def _dialect(self, preview: bool, transcribes: bool) -> Dialect:
        if preview:
            return PreviewTranscription() if transcribes else Preview()
        return Ga(self.options, transcribes)

    async def _realtime(self, request: web.Request, preview: bool) -> web.StreamResponse:
        await asyncio.sleep(drawn(self.options.connect_delay, self._dice) + self.options.round_trip)
        try:
            await self._doorman.suffer(request)
            if not web.WebSocketResponse().can_prepare(request).ok:
                raise Refused(400, "BadRequest", "This endpoint is a WebSocket.")
            admitted = self._doorman.admit_realtime(request, preview)
        except Refused as refused:
            return await self._refuse(request, refused)
        dialect = self._dialect(preview, admitted.transcribes)
        connection = Connection(self._backend, dialect, admitted.deployment, request, self._socket(request))
        if admitted.session is not None:
            connection.configure(admitted.session)
        self._connections.add(connection)
        self.opened += 1
        self._record.ring()
        try:
            return await connection.serve()
        finally:
            self._connections.discard(connection)
            self.faults.session_closed(connection.session.id)
            self._record.ring()
