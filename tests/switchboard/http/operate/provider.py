"""A sign-in service of our own: OpenID Connect over real HTTP, with discovery, PKCE, and keys for RS256 and ES256."""

import base64
import hashlib
import json
import secrets
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import jwt
from aiohttp import web
from cryptography.hazmat.primitives.asymmetric import ec, rsa

CLIENT, SECRET = "switchboard", "the-secret-of-our-client"
RSA_KEY = rsa.generate_private_key(65537, 2048)
EC_KEY = ec.generate_private_key(ec.SECP256R1())
STRANGERS_KEY = rsa.generate_private_key(65537, 2048)


@dataclass
class Provider:
    """Whoever comes is signed in as `claims` say; a test may change what the service does wrong."""

    url: str = ""
    claims: dict[str, Any] = field(default_factory=lambda: {"sub": "7", "name": "Ada", "roles": ["operator"]})
    algorithm: str = "RS256"
    key: Any = RSA_KEY
    kid: str = "rsa"
    metadata: dict[str, Any] = field(default_factory=dict)
    shared: str | None = None
    """A secret that is published among the keys."""
    asked: list[dict[str, str]] = field(default_factory=list)
    """What browsers that were sent here brought along."""
    _codes: dict[str, dict[str, str]] = field(default_factory=dict)

    async def discovery(self, _request: web.Request) -> web.Response:
        told = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "jwks_uri": f"{self.url}/jwks",
            "id_token_signing_alg_values_supported": ["RS256", "ES256", "HS256"],
            "code_challenge_methods_supported": ["S256"],
        }
        return web.json_response(told | self.metadata)

    async def jwks(self, _request: web.Request) -> web.Response:
        keys = [
            json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(RSA_KEY.public_key())) | {"kid": "rsa", "alg": "RS256"},
            json.loads(jwt.algorithms.ECAlgorithm.to_jwk(EC_KEY.public_key())) | {"kid": "ec", "alg": "ES256"},
        ]
        if self.shared:
            keys.append(json.loads(jwt.algorithms.HMACAlgorithm.to_jwk(self.shared)) | {"kid": "shared"})
        return web.json_response({"keys": keys})

    async def authorize(self, request: web.Request) -> web.Response:
        asked = dict(request.query)
        self.asked.append(asked)
        code = secrets.token_urlsafe()
        self._codes[code] = asked
        back = urlencode({"code": code, "state": asked["state"]})
        return web.Response(status=302, headers={"Location": f"{asked['redirect_uri']}?{back}"})

    async def token(self, request: web.Request) -> web.Response:
        given = {name: str(value) for name, value in (await request.post()).items()}
        asked = self._codes.pop(given["code"], {})
        proof = base64.urlsafe_b64encode(hashlib.sha256(given["code_verifier"].encode()).digest()).decode().rstrip("=")
        credentials = base64.b64encode(f"{CLIENT}:{SECRET}".encode()).decode()
        known = request.headers.get("Authorization") == f"Basic {credentials}"
        same = asked.get("redirect_uri") == given["redirect_uri"]
        if not (known and same and proof == asked.get("code_challenge") and asked["code_challenge_method"] == "S256"):
            return web.json_response({"error": "invalid_grant"}, status=400)
        now = int(time.time())
        claims = {"iss": self.url, "aud": CLIENT, "iat": now, "exp": now + 300, "nonce": asked["nonce"], **self.claims}
        claims = {name: value for name, value in claims.items() if value is not None}
        token = jwt.encode(claims, self.key, self.algorithm, headers={"kid": self.kid})
        return web.json_response({"access_token": "a", "token_type": "Bearer", "id_token": token})


@asynccontextmanager
async def open_provider() -> AsyncIterator[Provider]:
    """The service, at a free port of this machine."""
    provider = Provider()
    app = web.Application()
    app.router.add_get("/.well-known/openid-configuration", provider.discovery)
    app.router.add_get("/jwks", provider.jwks)
    app.router.add_get("/authorize", provider.authorize)
    app.router.add_post("/token", provider.token)
    runner = web.AppRunner(app)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    provider.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield provider
    await runner.cleanup()
