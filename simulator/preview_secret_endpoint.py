"""Where a server asks the preview for a secret that it can give to a browser: by asking for a session."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from aiohttp import web

from simulator import grammar
from simulator.client_secret import ClientSecrets
from simulator.dialect import Preview, PreviewTranscription
from simulator.errors import ProtocolError
from simulator.frame import NotJson, parsed
from simulator.handshake import Doorman, Refused
from simulator.options import Options
from simulator.session import Session, TranscriptionSession
from simulator.shape import Fields

PATHS = ("/v1/realtime", "/realtime", "/openai/realtimeapi", "/openai/realtime")
"""OpenAI's, the same without its version, Azure's own, and where OpenAI's client for Azure asks."""
DEFAULT_MODEL = "gpt-4o-realtime-preview"
DEFAULT_SECONDS = 60


class Kind(NamedTuple):
    """What tells the two sessions apart."""

    name: str
    update: str
    session: type[Session]
    dialect: type[Preview]
    body: Fields
    lifetime: str


SPOKEN = Kind("realtime", "session.update", Session, Preview, grammar.PREVIEW_SESSION, "expires_after")
WRITTEN = Kind(
    "transcription",
    "transcription_session.update",
    TranscriptionSession,
    PreviewTranscription,
    grammar.PREVIEW_WRITTEN_SESSION,
    "expires_at",
)


class PreviewSecretEndpoint:
    """`POST …/sessions` and `…/transcription_sessions`."""

    def __init__(self, options: Options, doorman: Doorman, secrets: ClientSecrets) -> None:
        self._options = options
        self._doorman = doorman
        self._secrets = secrets

    def routes(self) -> list[web.RouteDef]:
        """Both, on each path."""
        return [
            route
            for path in PATHS
            for route in (
                web.post(f"{path}/sessions", self._spoken),
                web.post(f"{path}/transcription_sessions", self._written),
            )
        ]

    async def _spoken(self, request: web.Request) -> web.Response:
        return await self._create(request, SPOKEN)

    async def _written(self, request: web.Request) -> web.Response:
        return await self._create(request, WRITTEN)

    async def _create(self, request: web.Request, kind: Kind) -> web.Response:
        try:
            if request.path.startswith("/openai/") and "api-version" not in request.query:
                raise Refused(404, "404", "Resource not found")
            self._doorman.check_credentials(request)
            return web.json_response(self._made(await _body(request, kind), kind))
        except Refused as refused:
            return refused.response()
        except ProtocolError as error:
            return web.json_response({"error": error.body(None)}, status=400)

    def _made(self, body: Mapping[str, Any], kind: Kind) -> Mapping[str, Any]:
        dialect, model = kind.dialect(), body.get("model") or DEFAULT_MODEL
        asked = {**dialect.incoming({"type": kind.update, "session": body})["session"], "type": kind.name}
        session = kind.session(model, self._options.preview_seconds, self._options)
        session.update(asked, audio_present=False)
        lifetime = (body.get("client_secret") or {}).get(kind.lifetime) or {}
        seconds = lifetime.get("seconds") or DEFAULT_SECONDS
        secret = {
            "value": self._secrets.issue(model, asked, seconds, preview=True),
            "expires_at": int(time.time() + seconds),
        }
        shown = dialect.outgoing({"type": "session.created", "session": session.shown}) or {}
        return {**shown["session"], "client_secret": secret}


async def _body(request: web.Request, kind: Kind) -> Mapping[str, Any]:
    try:
        body: Any = parsed(await request.read() or b"{}")
    except NotJson:
        raise ProtocolError("invalid_json", "We could not parse the JSON body of your request.") from None
    kind.body.check(body, "")
    return body  # type: ignore[no-any-return]
