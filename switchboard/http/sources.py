"""Where requests come from, as a mark: addresses of callers have no business in rooms, logs and databases."""

import hashlib
import hmac

from fastapi import Request
from pydantic import SecretStr

from switchboard.call.source import Source
from switchboard.http.auth import signed_in_by
from switchboard.http.limits import network_of
from switchboard.pseudonyms import Pseudonyms

PURPOSE = "switchboard.source.v1"
LENGTH = 16


class Sources:
    """Tells the source of a request. The marks' key is derived, so that nobody else can try addresses on them."""

    def __init__(self, secret: SecretStr) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), PURPOSE.encode(), "sha256")
        self._pseudonyms = Pseudonyms(secret.get_secret_value())

    def of(self, request: Request) -> Source:
        address = self.mark(request.client.host if request.client else "")
        signed_in = signed_in_by(request)
        if signed_in is None:
            return Source(address=address)
        account = self._pseudonyms.of("sign-in", signed_in.email.lower()) if signed_in.email else ""
        return Source(address=address, identity=self._pseudonyms.of("identity", signed_in.owner), account=account)

    def mark(self, host: str) -> str:
        """The mark of an address."""
        return hmac.new(self._key, network_of(host).encode(), hashlib.sha256).hexdigest()[:LENGTH]
