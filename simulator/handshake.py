"""Who may connect to realtime and speech, and how those who may not are turned away."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from typing import Any, NamedTuple

from aiohttp import web

from simulator.client_secret import PREFIX, ClientSecrets
from simulator.errors import ProtocolError
from simulator.fault_kinds import CONNECT
from simulator.faults import Faults
from simulator.ids import new_id
from simulator.options import Options
from simulator.silence import Silence

DENIED = (
    "Access denied due to invalid subscription key or wrong API endpoint. Make sure to provide a valid key for an "
    "active subscription and use a correct regional API endpoint for your resource."
)
NO_TOKEN = "Access denied due to missing or invalid credentials: a token has expired or is not for this resource."  # noqa: S105
NO_DEPLOYMENT = (
    "The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, "
    "please wait a moment and try again."
)


SUBPROTOCOL = "realtime"
BROWSER_KEY = "openai-insecure-api-key."


class Closing(NamedTuple):
    """The `error` event of a client that may not enter, and the close code after it."""

    close: int
    code: str
    message: str


class Refused(Exception):  # noqa: N818 - an answer, not a failure of ours
    """An HTTP answer instead of a WebSocket or audio."""

    openai: Closing | None = None
    """How OpenAI says it."""

    def __init__(self, status: int, code: str, message: str) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.message = message

    def response(self) -> web.Response:
        """As Azure writes it."""
        return web.json_response({"error": {"code": self.code, "message": self.message}}, status=self.status)


class NoAccess(Refused):
    """A wrong key or token, or none."""

    openai = Closing(3000, "invalid_api_key", "Incorrect API key provided.")

    def __init__(self, message: str) -> None:
        super().__init__(401, "401", message)


class NoDeployment(Refused):
    """A deployment that does not exist, or none."""

    openai = Closing(4000, "model_not_found", "The model does not exist or you do not have access to it.")

    def __init__(self) -> None:
        super().__init__(404, "DeploymentNotFound", NO_DEPLOYMENT)


class ModelEnded(Refused):
    """A deployment whose model is past its end of life."""

    openai = Closing(4000, "model_not_found", "The model has been deprecated.")

    def __init__(self, code: str) -> None:
        super().__init__(410, code, "The model of this deployment has been retired and is no longer available.")


class WrongDialect(Refused):
    """A browser's secret that was made for the other dialect."""

    def __init__(self, code: str, preview: bool) -> None:
        asked, made = ("beta", "GA") if preview else ("GA", "beta")
        message = f"API version mismatch. You cannot start a Realtime {asked} session with a {made} client secret."
        super().__init__(400, code, message)
        self.openai = Closing(3000, code, message)


async def turn_away(request: web.Request, closing: Closing) -> web.WebSocketResponse:
    """Refuse as OpenAI does: a socket, an `error` event, and a close with the error's name as its reason."""
    error = ProtocolError(closing.code, closing.message)
    socket = web.WebSocketResponse(protocols=(SUBPROTOCOL,))
    await socket.prepare(request)
    await socket.send_json({"type": "error", "event_id": new_id("event"), "error": error.body(None)})
    await socket.close(code=closing.close, message=f"{error.kind}.{error.code}".encode())
    return socket


class Admitted(NamedTuple):
    """Who may enter, and what they want. The model of a session that only writes down is named in the session."""

    deployment: str
    transcribes: bool
    session: Mapping[str, Any] | None = None
    """What a browser's secret has settled."""


def _token(request: web.Request) -> str:
    """From the header, or from a browser, which has no other place for it, among the subprotocols."""
    if header := request.headers.get("Authorization"):
        return header.removeprefix("Bearer ").strip()
    offered = [each.strip() for each in request.headers.get("Sec-WebSocket-Protocol", "").split(",")]
    return next((each.removeprefix(BROWSER_KEY) for each in offered if each.startswith(BROWSER_KEY)), "")


class Doorman:
    """Checks keys, tokens and deployments."""

    def __init__(self, options: Options, faults: Faults, secrets: ClientSecrets) -> None:
        self._options = options
        self._secrets = secrets
        self._faults = faults
        self._seen: dict[str, float] = {}

    async def suffer(self, request: web.Request) -> None:
        """What goes wrong as soon as a realtime client connects. Raises Refused, also when it is gone."""
        for fault in self._faults.strikes("connect", (CONNECT,)):
            if fault.name == "stall":
                await asyncio.sleep(fault.number("seconds"))
                continue
            if fault.name == "refuse":
                raise Refused(int(fault.number("status")), fault.text("code"), fault.text("message"))
            transport = request.transport
            if fault.name == "half_open" and transport is not None:
                await Silence(transport).lost.wait()
            elif transport is not None:
                transport.abort()
            raise Refused(503, "ServiceUnavailable", "Nobody hears this: the connection is gone.")

    def admit_realtime(self, request: web.Request, preview: bool) -> Admitted:
        """What a realtime client asks for. Raises Refused."""
        if self._faults.take("unauthorized"):
            raise NoAccess(NO_TOKEN)
        query = request.query
        status = self._options.api_version_on_ga
        if not preview and "api-version" in query and status is not None:
            raise Refused(status, str(status), "The 'api-version' parameter is not allowed on the v1 path.")
        if preview and "api-version" not in query:
            raise Refused(404, "404", "Resource not found")
        deployment = query.get("deployment" if preview else "model") or query.get("deployment")
        transcribes = query.get("intent") == "transcription"
        if (secret := self._secrets.find(_token(request))) is not None:
            if secret.preview != preview:
                raise WrongDialect(self._options.code("secret_dialect"), preview)
            transcribes = secret.session["type"] == "transcription"
            return Admitted(self.check_deployment(deployment or secret.model), transcribes, secret.session)
        self.check_credentials(request)
        return Admitted("" if transcribes and not deployment else self.check_deployment(deployment), transcribes)

    def check_credentials(self, request: web.Request) -> None:
        """A key (header or query) or a token. Raises Refused."""
        key = request.headers.get("api-key") or request.query.get("api-key")
        token = _token(request)
        expected = self._options
        if key:
            if expected.api_key not in (None, key):
                raise NoAccess(DENIED)
        elif not token:
            raise NoAccess(DENIED)
        elif not self._token_holds(token):
            raise NoAccess(NO_TOKEN)

    def check_deployment(self, deployment: str | None) -> str:
        """A deployment that exists. Raises Refused."""
        known = self._options.deployments
        if not deployment or (known is not None and deployment not in known):
            raise NoDeployment
        # Who is in a session at that time may stay.
        ends = self._options.models.get(deployment)
        if ends is not None and ends <= time.time():
            raise ModelEnded(self._options.code("model_ended"))
        return deployment

    def _token_holds(self, token: str) -> bool:
        options = self._options
        if token.startswith(PREFIX):  # a browser's secret, which has expired or is for sessions only
            return False
        # A server of OpenAI's own kind takes its key as a bearer token.
        known = {value for value in (options.token, options.api_key) if value is not None}
        if known and token not in known:
            return False
        age = time.monotonic() - self._seen.setdefault(token, time.monotonic())
        return options.token_lifetime is None or token == options.api_key or age < options.token_lifetime
