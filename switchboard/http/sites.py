"""Which pages may ask for calls: a call costs money, and a browser sends what any site tells it to."""

from collections.abc import Sequence

from fastapi import Request

from switchboard.http.errors import NotJson, OtherSite

ANY = "*"
OURS = ("same-origin", "none")
"""What browsers say of a request (`Sec-Fetch-Site`) that our own page makes, or a person by hand."""


class OwnSites:
    """A FastAPI dependency: our page and the sites `others` may ask, and programs that are no browser.

    It has to be JSON: what a browser sends to another site without asking that first never is. Raises `NotJson` and
    `OtherSite`.
    """

    def __init__(self, others: Sequence[str]) -> None:
        self._others = frozenset(others)

    async def __call__(self, request: Request) -> None:
        kind = request.headers.get("content-type")
        by_a_browser = "origin" in request.headers or "sec-fetch-site" in request.headers
        if (by_a_browser or kind is not None) and not _is_json(kind):
            raise NotJson
        if not self._may(request):
            raise OtherSite

    def _may(self, request: Request) -> bool:
        origin, site = request.headers.get("origin"), request.headers.get("sec-fetch-site")
        if origin in self._others or ANY in self._others:
            return True
        if site is not None:
            return site in OURS
        return origin is None or origin.partition("://")[2] == request.headers.get("host")


def _is_json(kind: str | None) -> bool:
    return (kind or "").partition(";")[0].strip().lower() == "application/json"
