"""Who calls, where a business wants to know: a token of its own sign-in service."""

import asyncio
import hashlib
from dataclasses import dataclass
from typing import Annotated

import jwt
import structlog
from fastapi import Depends, Request
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from switchboard.http.errors import SignInDown, SignInNeeded
from switchboard.settings.schema import Web

log = structlog.get_logger("http")

# Public keys only: with a symmetric one, whoever knows the public key could sign.
ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA")
LEEWAY_SECONDS = 30
FETCH_SECONDS = 5
BEARER = HTTPBearer(auto_error=False, bearerFormat="JWT", description="A token of the business's sign-in service.")


@dataclass(frozen=True)
class SignedIn:
    """Who brought a token."""

    owner: str
    """A hash of who it is."""
    email: str | None
    """Their address, if the sign-in service says that it has verified it."""


class CallerAuth:
    """A FastAPI dependency that lets in who has a token of `issuer` for `audience`, signed by a key of `jwks_url`.

    Raises `SignInNeeded`, and `SignInDown` when the keys cannot be fetched.
    """

    def __init__(self, issuer: str, audience: str, jwks_url: str) -> None:
        self._issuer = issuer
        self._audience = audience
        self._keys = jwt.PyJWKClient(jwks_url, timeout=FETCH_SECONDS)

    async def __call__(
        self, request: Request, bearer: Annotated[HTTPAuthorizationCredentials | None, Depends(BEARER)]
    ) -> None:
        if bearer is None:
            raise SignInNeeded({"WWW-Authenticate": "Bearer"})
        # PyJWT fetches keys with urllib, which blocks
        request.state.signed_in = await asyncio.to_thread(self._signed_in, bearer.credentials)

    def _signed_in(self, token: str) -> SignedIn:
        try:
            key = self._key(token)
            claims = jwt.decode(
                token,
                key,
                algorithms=ALGORITHMS,
                issuer=self._issuer,
                audience=self._audience,
                leeway=LEEWAY_SECONDS,
                options={"require": ["exp", "iss", "aud", "sub"]},
            )
        except jwt.PyJWTError:
            raise SignInNeeded({"WWW-Authenticate": 'Bearer error="invalid_token"'}) from None
        owner = hashlib.sha256(f"{claims['iss']}\n{claims['sub']}".encode()).hexdigest()[:32]
        email = claims.get("email") if claims.get("email_verified") is True else None
        return SignedIn(owner, email if isinstance(email, str) else None)

    def _key(self, token: str) -> jwt.PyJWK:
        header = jwt.get_unverified_header(token)
        try:
            self._keys.get_signing_keys()
        except (jwt.PyJWTError, ValueError) as error:
            raise _down(error) from None
        try:
            return self._keys.get_signing_key(header.get("kid", ""))
        except (jwt.PyJWKClientConnectionError, jwt.PyJWKSetError, ValueError) as error:
            raise _down(error) from None


def _down(error: Exception) -> SignInDown:
    log.error("the keys of the sign-in service cannot be fetched", reason=type(error).__name__)
    return SignInDown({"Retry-After": str(FETCH_SECONDS)})


def caller_auth(web: Web) -> CallerAuth | None:
    """The check that the settings want, or None. Raises `ValueError` when they are incomplete."""
    given = (web.auth_issuer, web.auth_audience, web.auth_jwks_url)
    match given:
        case (None, None, None):
            return None
        case (str(issuer), str(audience), str(jwks_url)):
            return CallerAuth(issuer, audience, jwks_url)
        case _:
            raise ValueError("caller authentication needs issuer, audience and the address of the keys, all three")


def signed_in_by(request: Request) -> SignedIn | None:
    """Who signed in, None where nobody has to."""
    return getattr(request.state, "signed_in", None)


def owner_of(request: Request) -> str:
    """Whose call this is: a hash of who signed in, "" where nobody has to."""
    signed_in = signed_in_by(request)
    return signed_in.owner if signed_in else ""
