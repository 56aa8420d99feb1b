"""Cartesia's list of voices."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from aiohttp import web

from simulator.cartesia_error import CartesiaError
from simulator.options import Options

DEFAULT_LIMIT, MOST = 10, 100


class CartesiaVoices:
    """`GET /voices` in pages, and one voice by its id. `admit` raises CartesiaError for who may not ask."""

    def __init__(
        self,
        options: Options,
        admit: Callable[[web.Request], None],
        refusal: Callable[[web.Request, CartesiaError], web.Response],
    ) -> None:
        self._options = options
        self._admit = admit
        self._refusal = refusal

    def routes(self) -> list[web.RouteDef]:
        """All, and one."""
        return [web.get("/voices", self._list), web.get("/voices/{id}", self._one)]

    async def _list(self, request: web.Request) -> web.Response:
        try:
            self._admit(request)
            return web.json_response(self._page(request))
        except CartesiaError as error:
            return self._refusal(request, error)

    async def _one(self, request: web.Request) -> web.Response:
        try:
            self._admit(request)
            return web.json_response(self._voice(request.match_info["id"]))
        except CartesiaError as error:
            return self._refusal(request, error)

    def _page(self, request: web.Request) -> dict[str, Any]:
        ids, limit = list(self._options.cartesia_voices), _limit(request.query.get("limit"))
        if (after := request.query.get("starting_after")) in ids:
            ids = ids[ids.index(after) + 1 :]
        if (before := request.query.get("ending_before")) in ids:
            ids = ids[: ids.index(before)][-limit:]
        page = ids[:limit]
        more = len(ids) > limit
        return {"data": list(map(self._voice, page)), "has_more": more, "next_page": page[-1] if more else None}

    def _voice(self, voice_id: str) -> dict[str, Any]:
        name = self._options.cartesia_voices.get(voice_id)
        if name is None:
            raise CartesiaError(404, "voice_not_found", "Voice not found.")
        return {
            "id": voice_id,
            "name": name,
            "description": f"{name}, as the simulator says it.",
            "language": "en",
            "is_owner": False,
            "is_public": True,
            "created_at": "2025-01-01T00:00:00Z",
        }


def _limit(given: str | None) -> int:
    if given is None:
        return DEFAULT_LIMIT
    if not given.isdecimal() or not 1 <= int(given[:4]) <= MOST:
        raise CartesiaError(400, "invalid_request", f"limit must be between 1 and {MOST}.")
    return int(given)
