"""The operators' page. It shows nothing to whom the API tells nothing."""

from pathlib import Path
from xml.sax.saxutils import quoteattr

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

from switchboard.http.operate.cookies import PATH
from switchboard.http.page import NOT_BUILT, OPERATORS

BASE = '<base href="/" />'
"""As it is built; here it is said where the app is mounted, because the page is served at several depths."""
POLICY = {
    "default-src": "'self'",
    "connect-src": "'self'",
    "img-src": "'self' data:",
    "font-src": "'self' data:",
    "media-src": "'self' blob:",
    "style-src": "'self' 'unsafe-inline'",  # lanes and bars are placed by style
    "object-src": "'none'",
    "base-uri": "'self'",
    "form-action": "'self'",
    "frame-ancestors": "'none'",
}
HEADERS = {
    "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in POLICY.items()),
    "Permissions-Policy": "microphone=(), camera=(), geolocation=(), display-capture=()",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
}
NO_PAGES = ("api/", "sign-in", "sign-out", "callback")
"""Addresses that are the API's: what it does not have is not a page."""


class OperatePage:
    """One file for all addresses; which of its pages it shows it sees by the address."""

    def __init__(self, folder: Path | None) -> None:
        self._file = folder / OPERATORS if folder else None

    async def __call__(self, request: Request) -> Response:
        if request.path_params.get("path", "").startswith(NO_PAGES):
            raise HTTPException(404)
        if self._file is None or not self._file.is_file():
            return PlainTextResponse(NOT_BUILT, 404)
        root = quoteattr(f"{request.scope.get('root_path', '')}/")
        text = self._file.read_text("utf-8").replace(BASE, f"<base href={root} />", 1)
        return HTMLResponse(text, headers=HEADERS)


def operate_page_routes(folder: Path | None) -> list[BaseRoute]:
    """The page at `/operate` and below, but for the API's addresses."""
    page = OperatePage(folder)
    return [Route(PATH, page.__call__), Route(f"{PATH}/{{path:path}}", page.__call__)]
