"""Cookies that nobody else can make, and no script can read."""

import hmac
import time
from collections.abc import Mapping
from typing import Any

import jwt
from fastapi import Request, Response
from pydantic import SecretStr

from switchboard.http.auth import LEEWAY_SECONDS

PURPOSE = "switchboard.operate.v1"
PATH = "/operate"
PREFIX = "switchboard_"


class Cookies:
    """Signs what it writes. Its key is derived, so nothing that LiveKit's secret has signed is ever a cookie."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), PURPOSE.encode(), "sha256")

    def read(self, request: Request, name: str) -> dict[str, Any]:
        """What was written under that name and is still good, else nothing."""
        try:
            return jwt.decode(
                request.cookies.get(PREFIX + name, ""),
                self._key,
                algorithms=["HS256"],
                audience=f"{PURPOSE}.{name}",
                leeway=LEEWAY_SECONDS,  # another machine of ours may have signed it
                options={"require": ["exp", "aud"]},
            )
        except jwt.PyJWTError:
            return {}

    def write(self, request: Request, response: Response, name: str, value: Mapping[str, Any], seconds: int) -> None:
        """Let the browser keep `value` for so long; other sites' requests do not bring it, but for links to us."""
        times = {"exp": int(time.time()) + seconds}
        signed = jwt.encode({**value, **times, "aud": f"{PURPOSE}.{name}"}, self._key, algorithm="HS256")
        response.set_cookie(PREFIX + name, signed, max_age=seconds, **_manner(request))

    def remove(self, request: Request, response: Response, name: str) -> None:
        """Let the browser forget it."""
        response.delete_cookie(PREFIX + name, **_manner(request))


def _manner(request: Request) -> dict[str, Any]:
    path = request.scope.get("root_path", "") + PATH
    # Not "strict": whoever comes back from the sign-in service comes from another site
    return {"path": path, "secure": request.url.scheme == "https", "httponly": True, "samesite": "lax"}
