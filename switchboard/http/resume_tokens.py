"""Resume tokens: what a caller brings to come back to a call."""

import hashlib
import hmac
import time

import jwt
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError

from switchboard.http.auth import LEEWAY_SECONDS
from switchboard.http.errors import ResumeRefused

PURPOSE = "switchboard.ticket.v1"


class ResumeToken(BaseModel):
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
    """How many resume tokens of this call were used before this one."""
    began: int = Field(default_factory=lambda: int(time.time()))
    """When the call was asked for, in seconds since 1970: its tokens end together."""


class ResumeTokens:
    """Signs resume tokens and reads them again. Their key is derived, so no token of LiveKit's is ever one."""

    def __init__(self, secret: SecretStr, minutes: int) -> None:
        self._key = hmac.digest(secret.get_secret_value().encode(), PURPOSE.encode(), "sha256")
        self._seconds = minutes * 60

    def sign(self, token: ResumeToken) -> str:
        times = {"iat": int(time.time()), "exp": token.began + self._seconds}
        claims = token.model_dump() | {"aud": PURPOSE} | times
        return jwt.encode(claims, self._key, algorithm="HS256")

    def read(self, text: str, owner: str) -> ResumeToken:
        """The token, if it is ours, still good, and `owner`'s. Raises `ResumeRefused`."""
        try:
            claims = jwt.decode(
                text,
                self._key,
                algorithms=["HS256"],
                audience=PURPOSE,
                leeway=LEEWAY_SECONDS,  # another machine of ours may have signed it
                options={"require": ["exp", "aud"]},
            )
            token = ResumeToken.model_validate(claims)
        except (jwt.PyJWTError, ValidationError):
            raise ResumeRefused from None
        if not hmac.compare_digest(token.owner.encode(), owner.encode()):
            raise ResumeRefused
        return token

    def following(self, token: ResumeToken, moves: bool) -> ResumeToken:
        """The one that takes its place when it is used, and whether that leads to another room."""
        used = token.model_copy(update={"uses": token.uses + 1})
        if not moves:
            return used
        return used.model_copy(update={"room": self.next_room(token), "moves": token.moves + 1})

    def next_room(self, token: ResumeToken) -> str:
        """The room that the call moves to. It follows from the resume token: asking twice leads to the same room."""
        seed = f"{token.call}:{token.moves + 1}".encode()
        return f"call-{hmac.new(self._key, seed, hashlib.sha256).hexdigest()[:12]}"
