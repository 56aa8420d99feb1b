"""What stands behind the question mark of a PostgreSQL address: libpq's words for what a connection is to be like."""

import re
import ssl
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

Check = Callable[[str], bool]

SYSTEM = "system"
"""For `sslrootcert`: the authorities that this machine trusts."""


def _one_of(*values: str) -> Check:
    return lambda value: value in values


def _file(value: str) -> bool:
    try:
        Path(value).read_bytes()
    except (OSError, ValueError):
        return False
    return True


def _authorities(value: str) -> bool:
    return value == SYSTEM or _file(value)


def _text(value: str) -> bool:
    return value.isprintable() and value != ""


def _number(value: str) -> bool:
    return re.fullmatch(r"\d{1,6}", value, re.ASCII) is not None


SSL_VERSION = _one_of("TLSv1.2", "TLSv1.3")
DRIVER: Mapping[str, Check] = {
    "sslmode": _one_of("disable", "allow", "prefer", "require", "verify-ca", "verify-full"),
    "sslrootcert": _authorities,
    "sslcert": _file,
    "sslkey": _file,
    "sslcrl": _file,
    "sslpassword": _text,
    "sslnegotiation": _one_of("postgres", "direct"),
    "ssl_min_protocol_version": SSL_VERSION,
    "ssl_max_protocol_version": SSL_VERSION,
    "target_session_attrs": _one_of("any", "primary", "standby", "read-write", "read-only", "prefer-standby"),
    "passfile": _file,
    "host": _text,
    "port": _number,
    "user": _text,
    "password": _text,
}
"""asyncpg reads them as libpq does."""
SERVER: Mapping[str, Check] = {
    "application_name": _text,
    "options": _text,
    "search_path": _text,
    "statement_timeout": _text,
    "lock_timeout": _text,
    "idle_in_transaction_session_timeout": _text,
    "timezone": _text,
}
"""Told to the server when the connection begins."""
OURS: Mapping[str, Check] = {"connect_timeout": _number}
UNUSED: Mapping[str, Check] = {
    "channel_binding": _one_of("disable", "prefer", "require"),
    "client_encoding": lambda value: value.lower().replace("-", "") in ("utf8", "auto"),
    "gssencmode": _one_of("disable", "prefer"),
    "sslcompression": _one_of("0"),
    "sslsni": _one_of("0", "1"),
    **dict.fromkeys(("keepalives", "keepalives_idle", "keepalives_interval", "keepalives_count"), _number),
    "tcp_user_timeout": _number,
}
"""Providers write them, and a connection works without. What is lost without `channel_binding` is told as a warning."""
KNOWN = {**DRIVER, **SERVER, **OURS, **UNUSED}
POOLED = "use the address of a session or of a direct connection (often port 5432), and remove {name}"


def connect_arguments(url: str) -> dict[str, Any]:
    """What asyncpg is to be told beside user, password, host and name."""
    asked = parameters(url)
    told = {name: value for name, value in asked.items() if name in DRIVER or name in SERVER}
    arguments: dict[str, Any] = {}
    if told.get("sslrootcert") == SYSTEM:
        arguments["ssl"] = ssl.create_default_context()
        told = {name: value for name, value in told.items() if not name.startswith("sslroot")}
    if told:
        arguments["dsn"] = f"postgresql:///?{urlencode(told)}"
    if seconds := int(asked.get("connect_timeout", "0")):
        arguments["timeout"] = float(seconds)
    return arguments


def parameters(url: str) -> dict[str, str]:
    """The names and values behind the question mark. Raises ValueError for anything else that stands there."""
    query = urlsplit(url).query
    return dict(parse_qsl(query, keep_blank_values=True, strict_parsing=True)) if query else {}


def remedy(url: str) -> str | None:
    """How what stands behind the question mark is mended; None: it is right."""
    try:
        asked = parameters(url)
    except ValueError:
        return "write what stands behind the question mark as name=value, with & between them"
    for name, value in asked.items():
        if name == "pgbouncer":
            return POOLED.format(name=name)
        if name not in KNOWN:
            return f"remove {_shown(name)} from behind the question mark: it is none of {', '.join(KNOWN)}"
        if not KNOWN[name](value):
            return f"correct {name} behind the question mark: it has a wrong value, or names a file that cannot be read"
    if asked.get("sslmode", "").startswith("verify") and "sslrootcert" not in asked:
        return f"name the authority's certificate with sslrootcert=FILE, or write sslrootcert={SYSTEM}"
    return None


def unbound(url: str) -> bool:
    """Whether the address asks for channel binding, which the driver has not, and for nothing in its place."""
    asked = parameters(url)
    return asked.get("channel_binding") == "require" and not (
        asked.get("sslmode") == "verify-full" or asked.get("sslrootcert") == SYSTEM
    )


def _shown(name: str) -> str:
    return name if re.fullmatch(r"[a-z_]{2,40}", name) else "the unknown name"
