"""Our page, as `web/` is built."""

from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlsplit

from starlette.exceptions import HTTPException
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from switchboard.http.sites import ANY

OPERATORS = "operate.html"
"""The operators' page lies beside ours; only `switchboard/http/operate` serves it, where there is a door."""
NOT_BUILT = "The page is not built yet. Build it: cd web && npm ci && npm run build\n"


def page_routes(folder: Path | None, server_url: str, embedders: Sequence[str]) -> list[BaseRoute]:
    """The page at `/`, and its files. `embedders` are origins that may show it in a frame of theirs."""
    page = Page(folder, headers(server_url, embedders))
    # Listed one by one: a mount at `/` would answer for the API's own addresses too.
    return [Route("/", page), Route("/{file}.{extension}", page), Mount("/assets", page)]


def headers(server_url: str, embedders: Sequence[str]) -> dict[str, str]:
    """What the page may do: reach us and LiveKit, and use the microphone; nothing else.

    Who frames it is named one by one: in the frame of any site at all, a caller clicks on what they do not see.
    """
    policy = {
        "default-src": "'self'",
        "connect-src": f"'self' {' '.join(_origins(server_url))}",
        "img-src": "'self' data:",
        "font-src": "'self' data:",
        "media-src": "'self' blob: mediastream:",
        "worker-src": "'self' blob:",
        # LiveKit's components set styles on their elements
        "style-src": "'self' 'unsafe-inline'",
        "object-src": "'none'",
        "base-uri": "'none'",
        "form-action": "'self'",
        "frame-ancestors": " ".join(["'self'", *(origin for origin in embedders if origin != ANY)]),
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in policy.items()),
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
        "Referrer-Policy": "no-referrer",
    }


class Page(StaticFiles):
    """The built files. Says how to build them where they are missing."""

    def __init__(self, folder: Path | None, headers: dict[str, str]) -> None:
        super().__init__(directory=folder, check_dir=False)
        self._folder = folder
        self._headers = headers

    async def check_config(self) -> None:
        """The folder may be made later."""

    def get_path(self, scope: Scope) -> str:
        # Starlette takes what the mount leaves of the path; we want all of it, but for what a proxy put before it.
        path: str = scope["path"].removeprefix(scope.get("app_root_path", scope["root_path"]))
        return path.strip("/") or "index.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        if self._folder is None or not (self._folder / "index.html").is_file():
            return PlainTextResponse(NOT_BUILT, 404)
        if path.lower() == OPERATORS:  # a file system may find it in capitals, too
            raise HTTPException(404)
        response = await super().get_response(path, scope)
        response.headers.update(self._headers)
        # The names of assets change with their content.
        lasting = path.startswith("assets/")
        response.headers["Cache-Control"] = "public, max-age=31536000, immutable" if lasting else "no-cache"
        return response


def _origins(server_url: str) -> list[str]:
    """The server by all the schemes that LiveKit's client uses, and LiveKit Cloud's regions."""
    host = urlsplit(server_url).netloc
    secure = urlsplit(server_url).scheme in ("wss", "https")
    hosts = [host, "*.livekit.cloud"] if host.endswith(".livekit.cloud") else [host]
    return [f"{scheme}://{one}" for one in hosts for scheme in (("wss", "https") if secure else ("ws", "http"))]
