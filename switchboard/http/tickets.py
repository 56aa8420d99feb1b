"""Tickets: what a caller brings to come back to a call."""

import hashlib
import hmac
import time

import jwt
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from switchboard.http.auth import LEEWAY_SECONDS
from switchboard.http.errors import TicketRefused

PURPOSE = "switchboard.ticket.v1"


class Ticket(BaseModel):
    """Which call, whose, and where it is."""

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    call: str
    """The call's id, which stays when the room changes: the name of its first room."""
    room: str
    identity: str
    line: str
    moves: int = 0
    """How many rooms the call has left behind."""
    owner: str = ""
    """Who signed in, where callers have to."""
    uses: int = 0
    """How many tickets of this call were used before this one."""
    began: int = Field(default_factory=lambda: int(time.time()))
    """When the call was asked for, in seconds since 1970: its tickets end together."""


class Tickets:
    """Signs tickets and reads them again. Their key is derived, so no token of LiveKit's is ever a ticket."""

    def __init__(self, secret: SecretStr, minutes: int) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), PURPOSE.encode(), "sha256")
        self._seconds = minutes * 60

    def sign(self, ticket: Ticket) -> str:
        times = {"iat": int(time.time()), "exp": ticket.began + self._seconds}
        claims = ticket.model_dump() | {"aud": PURPOSE} | times
        return jwt.encode(claims, self._key, algorithm="HS256")

    def read(self, text: str, owner: str) -> Ticket:
        """The ticket, if it is ours, still good, and `owner`'s. Raises `TicketRefused`."""
        try:
            claims = jwt.decode(
                text,
                self._key,
                algorithms=["HS256"],
                audience=PURPOSE,
                leeway=LEEWAY_SECONDS,  # another machine of ours may have signed it
                options={"require": ["exp", "aud"]},
            )
            ticket = Ticket.model_validate(claims)
        except (jwt.PyJWTError, ValidationError):
            raise TicketRefused from None
        if not hmac.compare_digest(ticket.owner.encode(), owner.encode()):
            raise TicketRefused
        return ticket

    def following(self, ticket: Ticket, moves: bool) -> Ticket:
        """The one that takes its place when it is used, and whether that leads to another room."""
        used = ticket.model_copy(update={"uses": ticket.uses + 1})
        if not moves:
            return used
        return used.model_copy(update={"room": self.next_room(ticket), "moves": ticket.moves + 1})

    def next_room(self, ticket: Ticket) -> str:
        """The room that the call moves to. It follows from the ticket: asking twice leads to the same room."""
        seed = f"{ticket.call}:{ticket.moves + 1}".encode()
        return f"call-{hmac.new(self._key, seed, hashlib.sha256).hexdigest()[:12]}"
