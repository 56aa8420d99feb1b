"""Where requests come from, as a mark: addresses of callers have no business in rooms, logs and databases."""

import hashlib
import hmac

from fastapi import Request
from pydantic import SecretStr

from switchboard.call.source import Source
from switchboard.http.limits import network_of

PURPOSE = "switchboard.source.v1"
LENGTH = 16


class Sources:
    """Tells the source of a request. The marks' key is derived, so that nobody else can try addresses on them."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), PURPOSE.encode(), "sha256")

    def of(self, request: Request) -> Source:
        network = network_of(request.client.host if request.client else "")
        return Source(address=hmac.new(self._key, network.encode(), hashlib.sha256).hexdigest()[:LENGTH])
