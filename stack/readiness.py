"""Ways to see that a part is ready."""

import asyncio
import http.client
from collections.abc import Awaitable, Callable
from pathlib import Path
from urllib.parse import urlsplit

Ready = Callable[[Path], Awaitable[bool]]
"""Asked again and again, with the part's log file, until it is true."""

ANSWER_SECONDS = 2.0


def http_ok(url: str) -> Ready:
    """Ready when a GET of `url` is answered with 200."""

    async def ready(_log: Path) -> bool:
        return await asyncio.to_thread(http_status, "GET", url) == 200

    return ready


def log_says(text: str) -> Ready:
    """Ready when the log contains `text`."""

    async def ready(log: Path) -> bool:
        return text in await asyncio.to_thread(log.read_text, errors="replace")

    return ready


def http_status(method: str, url: str, token: str = "", body: str = "") -> int | None:
    """The status of the answer, None if there is none; straight to the address, whatever proxies are set."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=ANSWER_SECONDS)
    headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"} if token else {}
    try:
        connection.request(method, parts.path or "/", body or None, headers)
        return connection.getresponse().status
    except (OSError, http.client.HTTPException):
        return None
    finally:
        connection.close()
