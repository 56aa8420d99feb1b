"""The faults that exist: what each does, where it strikes, and what can be set."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

Value: TypeAlias = int | float | str | None
Place: TypeAlias = Literal["connect", "client", "server", "time"]

CONNECT = "connect"
ANYWHERE: frozenset[Place] = frozenset(("connect", "client", "server", "time"))
IN_SESSION: frozenset[Place] = frozenset(("client", "server", "time"))
ANSWERED: frozenset[Place] = frozenset(("connect", "client", "server"))
INSTEAD: frozenset[Place] = frozenset(("server",))


@dataclass(frozen=True)
class Kind:
    """One fault. `settings` has the defaults; `after_ms` counts audio, `after_chars` text."""

    says: str
    settings: Mapping[str, Value] = field(default_factory=dict)
    at: str | None = None
    """The moment that it strikes at unless told otherwise. None: it has a place of its own, which `says` tells."""
    places: frozenset[Place] = frozenset()
    """Where else it may be told to strike."""
    instead: bool = False
    """It takes the place of its event, so there is no before and no after."""


UNREADABLE = '{"type":"response.output_item.added"}'
UNAVAILABLE: Mapping[str, Value] = {
    "status": 503,
    "code": "ServiceUnavailable",
    "message": "The service is not available.",
}

KNOWN: Mapping[str, Kind] = {
    # The realtime socket, at any moment
    "drop": Kind("The socket is cut without a goodbye.", {}, "response.created", ANYWHERE),
    "close": Kind(
        "The socket is closed properly.",
        {"code": 1011, "reason": "The server had an error."},
        "response.created",
        IN_SESSION,
    ),
    "half_open": Kind(
        "The socket stays open and is dead: nothing comes, nothing is read, no ping is answered.",
        {},
        "response.created",
        ANYWHERE,
    ),
    "stall": Kind("Nothing comes for a while; then all of it.", {"seconds": 5.0}, "response.created", ANYWHERE),
    "malformed": Kind("A frame that cannot be read.", {"frame": UNREADABLE}, "response.created", IN_SESSION),
    "refuse": Kind(
        "An HTTP status in place of the socket; at an event, an error in its place: the client's has no effect then.",
        UNAVAILABLE,
        CONNECT,
        ANSWERED,
        instead=True,
    ),
    "expire": Kind("The session has reached its maximum duration.", {}, "session.created", IN_SESSION),
    "duplicate": Kind("An event comes twice.", {}, "response.done", INSTEAD, instead=True),
    "wrong_order": Kind("An event comes after the one that follows it.", {}, "response.done", INSTEAD, instead=True),
    "unconfirmed": Kind("An event never comes, though it is so.", {}, "session.updated", INSTEAD, instead=True),
    # The realtime socket, at their own places
    "unauthorized": Kind("Connecting: 401."),
    "drop_mid_response": Kind("An answer: the socket is cut in its middle.", {"after_ms": None, "after_chars": None}),
    "drop_idle": Kind("No answer is under way: the socket is cut.", {"seconds": 0.0}),
    "rate_limit": Kind(
        "An answer: it fails, asked too often.",
        {"seconds": 3.0, "message": "Rate limit is exceeded. Please try again in {seconds} seconds."},
    ),
    "failed_response": Kind(
        "An answer: it fails.",
        {"code": "server_error", "message": "The server had an error while processing your request."},
    ),
    "content_filter": Kind("An answer: a filter ends it.", {"after_ms": None, "after_chars": None}),
    "incomplete": Kind("An answer: its tokens run out.", {"after_ms": None, "after_chars": None}),
    "slow_audio": Kind("An answer: its audio comes slowly.", {"pace": 0.5, "first_audio": 0.0}),
    "transcription_failed": Kind(
        "A spoken turn: it is not transcribed.", {"code": "server_error", "message": "Transcription failed."}
    ),
    # Cartesia
    "cartesia_refuse": Kind("Connecting to Cartesia: an HTTP status.", {"status": 503}),
    "cartesia_error": Kind(
        "A Cartesia context: an error.",
        {"status": 500, "code": "server_error", "message": "Internal server error"},
    ),
    "cartesia_stall": Kind("A Cartesia context: its audio comes late.", {"seconds": 5.0}),
    "cartesia_drop": Kind("A Cartesia context: the socket is cut in its audio.", {"after_ms": 200}),
    # Azure speech
    "speech_refuse": Kind("Azure's speech: an HTTP status.", {"status": 503}),
    "speech_stall": Kind("Azure's speech: its audio comes late.", {"seconds": 5.0}),
    "speech_drop": Kind("Azure's speech: the connection is cut in its audio.", {"after_ms": 200}),
}

FORMER: Mapping[str, str] = {
    "refuse_connect": "refuse",
    "drop_at_response": "drop",
    "malformed_event": "malformed",
}
"""Names that some had when they struck in one place only: that place is their default now."""
