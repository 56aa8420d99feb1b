"""Where requests come from, as a pseudonym: addresses of callers have no business in rooms, logs and databases."""

from fastapi import Request
from pydantic import SecretStr

from switchboard.call.source import Source
from switchboard.http.auth import signed_in_by
from switchboard.http.limits import network_of
from switchboard.pseudonyms import Pseudonyms


class Sources:
    """Tells the source of a request."""

    def __init__(self, secret: SecretStr) -> None:
        self._pseudonyms = Pseudonyms(secret.get_secret_value())

    def of(self, request: Request) -> Source:
        address = self.mark(request.client.host if request.client else "")
        signed_in = signed_in_by(request)
        if signed_in is None:
            return Source(address=address)
        account = self._pseudonyms.of("sign-in", signed_in.email.lower()) if signed_in.email else ""
        return Source(address=address, identity=self._pseudonyms.of("identity", signed_in.owner), account=account)

    def mark(self, host: str) -> str:
        """The pseudonym of an address."""
        return self._pseudonyms.of("address", network_of(host))
