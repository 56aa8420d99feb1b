"""Where a server asks for a secret that it can give to a browser."""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import Any, Literal, cast

from aiohttp import web
from pydantic import BaseModel

from simulator import grammar
from simulator.client_secret import ClientSecrets
from simulator.errors import ProtocolError
from simulator.frame import NotJson, parsed
from simulator.handshake import Doorman, Refused
from simulator.options import Options
from simulator.session import Session, TranscriptionSession
from simulator.shape import Shapes

PATHS = ("/v1/realtime/client_secrets", "/openai/v1/realtime/client_secrets")
DEFAULT_MODEL = "gpt-realtime"
DEFAULT_SECONDS = 600


class ExpiresAfter(BaseModel):
    """How long a secret is good."""

    anchor: Literal["created_at"] | None = None
    seconds: int | None = None


class Asked(BaseModel):
    """The body of a request; its session is checked as an update's is."""

    expires_after: ExpiresAfter | None = None
    session: object = None


BODY = Shapes(rules={"expires_after.seconds": grammar.SECRET_SECONDS}).fields(Asked, "")


class ClientSecretEndpoint:
    """`POST …/client_secrets`."""

    def __init__(self, options: Options, doorman: Doorman, secrets: ClientSecrets) -> None:
        self._options = options
        self._doorman = doorman
        self._secrets = secrets

    def routes(self) -> list[web.RouteDef]:
        """OpenAI's path and Azure's."""
        return [web.post(path, self._create) for path in PATHS]

    async def _create(self, request: web.Request) -> web.Response:
        try:
            self._doorman.check_credentials(request)
            return web.json_response(self._made(_body(await request.read())))
        except Refused as refused:
            return refused.response()
        except ProtocolError as error:
            return web.json_response({"error": error.body(None)}, status=400)

    def _made(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        asked = body.get("session") or {"type": "realtime"}
        seconds = (body.get("expires_after") or {}).get("seconds") or DEFAULT_SECONDS
        model = asked.get("model") or DEFAULT_MODEL
        kind = TranscriptionSession if asked["type"] == "transcription" else Session
        session = kind(model, self._options.ga_seconds, self._options)
        session.update(asked, audio_present=False)
        value = self._secrets.issue(model, asked, seconds)
        return {"value": value, "expires_at": int(time.time() + seconds), "session": session.shown}


def _body(data: bytes) -> Mapping[str, Any]:
    try:
        body = cast("dict[str, Any]", parsed(data or b"{}"))
    except NotJson:
        raise ProtocolError("invalid_json", "We could not parse the JSON body of your request.") from None
    BODY.check(body, "")
    if (session := body.get("session")) is not None:
        transcribes = isinstance(session, dict) and session.get("type") == "transcription"
        words = grammar.GA_TRANSCRIPTION if transcribes else grammar.GA
        words.check({"type": "session.update", "session": session})
    return body
