"""What the web app can be told."""

from dataclasses import dataclass
from typing import Self

from switchboard.settings.schema import Settings


@dataclass(frozen=True)
class HttpSettings:
    """The web app's settings, checked by whoever reads them."""

    host: str = "127.0.0.1"
    port: int = 8080
    public_livekit_url: str | None = None
    """Where browsers reach LiveKit; None: where we do."""
    cors_origins: tuple[str, ...] = ()
    """Origins of other sites that may use the API, such as `https://shop.example`; `*`: all."""
    rate_limit: int = 30
    """Requests for calls that one address may make in a minute."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks of proxies that are believed when they say who the caller is (`X-Forwarded-For`)."""
    calls_max: int = 20
    """Calls at one time."""
    auth_issuer: str | None = None
    auth_audience: str | None = None
    auth_jwks_url: str | None = None
    """Set, callers have to bring a token that a key of this address has signed for this issuer and audience."""
    ticket_minutes: int = 60
    """How long a caller can come back to a call."""
    wait_seconds: int = 30
    """How long a room waits for its caller."""
    grace_seconds: int = 20
    """How long a room waits for a caller who has left it."""
    people: frozenset[str] = frozenset()
    """Names of the persons of a workflow who have a phone."""
    watch_seconds: float = 1.0
    """How often it is looked whether an agent came; an agent is normally there after a third of a second."""

    @classmethod
    def of(cls, settings: Settings) -> Self:
        """What the settings of the process say."""
        web, call = settings.web, settings.call
        return cls(
            host=web.host,
            port=web.port,
            public_livekit_url=settings.livekit.public_url,
            cors_origins=web.cors_origins,
            rate_limit=web.rate_limit,
            trusted_proxies=web.trusted_proxies,
            calls_max=call.max_calls,
            auth_issuer=web.auth_issuer,
            auth_audience=web.auth_audience,
            auth_jwks_url=web.auth_jwks_url,
            ticket_minutes=call.ticket_minutes,
            wait_seconds=call.wait_seconds,
            grace_seconds=call.grace_seconds,
            people=frozenset(person.name.lower() for person in settings.phone.people),
        )
