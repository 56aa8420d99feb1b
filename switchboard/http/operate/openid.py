"""The door of a business: its own sign-in service says who somebody is, by OpenID Connect (Authlib)."""

from collections.abc import Mapping
from typing import Any, Literal

import structlog
from authlib.common.errors import AuthlibBaseError
from authlib.integrations.starlette_client import OAuth, StarletteOAuth2App
from fastapi import Request, Response
from httpx2 import HTTPError
from joserfc.errors import JoseError

from switchboard.http.auth import ALGORITHMS, FETCH_SECONDS, LEEWAY_SECONDS
from switchboard.http.errors import SignInDown
from switchboard.http.operate.cookies import Cookies
from switchboard.http.operate.refusals import NoRole, SignInFailed
from switchboard.http.operate.roles import Role
from switchboard.http.operate.sessions import Person
from switchboard.settings.schema import Operate
from switchboard.text import clean

log = structlog.get_logger("http")

STEPS, STEPS_SECONDS = "sign_in", 600
"""The cookie between going to the sign-in service and coming back: state, nonce, and the proof for PKCE."""
NAMES = ("name", "preferred_username", "email", "sub")
LONGEST_NAME = 80


class SignInService(StarletteOAuth2App):  # type: ignore[misc]  # Authlib has no types
    """Authlib's client. Only public keys sign: with a shared one that is published, whoever knows it could."""

    async def load_server_metadata(self) -> dict[str, Any]:
        """What the service tells about itself."""
        metadata: dict[str, Any] = await super().load_server_metadata()
        told = metadata.get("id_token_signing_alg_values_supported") or ["RS256"]
        metadata["id_token_signing_alg_values_supported"] = [name for name in told if name in ALGORITHMS] or ["RS256"]
        return metadata


class OpenIdDoor:
    """Sends people to the sign-in service, and takes its word when they come back."""

    by: Literal["openid"] = "openid"

    def __init__(self, operate: Operate, cookies: Cookies) -> None:
        assert operate.issuer and operate.client_id
        self._issuer = operate.issuer
        self._client_id = operate.client_id
        self._claim = operate.role_claim
        self._values = {operate.operator: Role.OPERATOR, operate.supervisor: Role.SUPERVISOR, operate.admin: Role.ADMIN}
        self._cookies = cookies
        secret = operate.client_secret.get_secret_value() if operate.client_secret else None
        self._service = OAuth().register(
            "operate",
            client_cls=SignInService,
            client_id=operate.client_id,
            client_secret=secret,
            server_metadata_url=f"{operate.issuer}/.well-known/openid-configuration",
            client_kwargs={
                "scope": "openid profile email",
                "code_challenge_method": "S256",
                "timeout": FETCH_SECONDS,
                **({} if secret else {"token_endpoint_auth_method": "none"}),
            },
        )

    async def send(self, request: Request, back: str) -> Response:
        """Send a browser to the service, which sends it on to `back`. Raises `SignInDown`."""
        steps: dict[str, Any] = {}
        request.scope["session"] = steps
        try:
            response: Response = await self._service.authorize_redirect(request, back)
        except (HTTPError, AuthlibBaseError, RuntimeError, ValueError) as error:
            raise _down(error) from None
        self._cookies.write(request, response, STEPS, {"steps": steps}, STEPS_SECONDS)
        return response

    async def receive(self, request: Request) -> Person:
        """Who comes back from the service. Raises `SignInFailed`, `NoRole` and `SignInDown`."""
        request.scope["session"] = self._cookies.read(request, STEPS).get("steps", {})
        try:
            token = await self._service.authorize_access_token(
                request, claims_options=await self._expected(), leeway=LEEWAY_SECONDS
            )
        except HTTPError as error:
            raise _down(error) from None
        except (AuthlibBaseError, JoseError, RuntimeError, ValueError, KeyError, TypeError) as error:
            log.warning("a sign-in of an operator failed", reason=type(error).__name__)
            raise SignInFailed from None
        claims: Mapping[str, Any] | None = token.get("userinfo")
        if not claims:
            raise SignInFailed
        role = self._role(claims)
        if role is None:
            raise NoRole
        return Person(f"{claims['iss']} {claims['sub']}", _name(claims), role)

    def forget(self, request: Request, response: Response) -> None:
        """The way there is over."""
        self._cookies.remove(request, response, STEPS)

    async def _expected(self) -> dict[str, Any]:
        """The claims without which a token is not for us."""
        metadata = await self._service.load_server_metadata()
        issuer = str(metadata.get("issuer", ""))
        if issuer.rstrip("/") != self._issuer:
            raise ValueError("another issuer")
        return {
            "iss": {"essential": True, "value": issuer},
            "aud": {"essential": True, "value": self._client_id},
            "sub": {"essential": True},
            "exp": {"essential": True},
        }

    def _role(self, claims: Mapping[str, Any]) -> Role | None:
        """The highest of their roles here."""
        told = _claim(claims, self._claim)
        values = told if isinstance(told, list) else [told]
        roles = [self._values[value] for value in values if isinstance(value, str) and value in self._values]
        return max(roles, key=list(Role).index, default=None)


def _claim(claims: Mapping[str, Any], name: str) -> Any:
    """The claim of that name, which may have dots in it, or else the claim within claims."""
    if name in claims:
        return claims[name]
    found: Any = claims
    for part in name.split("."):
        found = found.get(part) if isinstance(found, Mapping) else None
    return found


def _name(claims: Mapping[str, Any]) -> str:
    told = next(claims[name] for name in NAMES if isinstance(claims.get(name), str) and claims[name].strip())
    return clean(told).strip()[:LONGEST_NAME]


def _down(error: Exception) -> SignInDown:
    log.error("the operators' sign-in service does not answer as it should", reason=type(error).__name__)
    return SignInDown({"Retry-After": str(FETCH_SECONDS)})
