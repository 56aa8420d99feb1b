"""The operators' part, put together: every address of theirs stands in one table."""

import importlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends
from pydantic import SecretStr
from starlette.routing import BaseRoute

from switchboard.http.errors import Refused, described
from switchboard.http.operate.access import Access
from switchboard.http.operate.cookies import PATH, Cookies
from switchboard.http.operate.me import me
from switchboard.http.operate.page import operate_page_routes
from switchboard.http.operate.password import PasswordDoor
from switchboard.http.operate.refusals import NotAllowed, SignedOut
from switchboard.http.operate.roles import Role
from switchboard.http.operate.sessions import Sessions
from switchboard.http.operate.sign_in import Elsewhere, sign_in_routes
from switchboard.settings.schema import Operate

OPENID = "switchboard.http.operate.openid"
"""Its libraries are an extra, and not needed with a password."""


def operator_routes(operate: Operate, secret: SecretStr, page: Path | None) -> list[BaseRoute]:
    """All under `/operate`; nothing where the settings have no door. `secret` is what sessions are signed with."""
    cookies = Cookies(secret)
    door = _door(operate, cookies)
    if door is None:
        return []
    sessions = Sessions(cookies, operate.session_minutes)
    router = APIRouter()
    router.include_router(sign_in_routes(door, sessions))
    router.include_router(_api(sessions, door))
    return [*router.routes, *operate_page_routes(page)]


def _door(operate: Operate, cookies: Cookies) -> PasswordDoor | Elsewhere | None:
    if operate.issuer:
        door: Elsewhere = importlib.import_module(OPENID).OpenIdDoor(operate, cookies)
        return door
    return PasswordDoor(operate.password) if operate.password else None


def _api(sessions: Sessions, door: PasswordDoor | Elsewhere) -> APIRouter:
    table: list[tuple[str, str, Any, int, str, Role, tuple[type[Refused], ...]]] = [
        ("GET", "/me", me, 200, "Who is signed in", Role.OPERATOR, ()),
    ]
    router = APIRouter(prefix=f"{PATH}/api", tags=["operators"])
    for method, path, endpoint, status, summary, least, refusals in table:
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            status_code=status,
            summary=summary,
            dependencies=[Depends(Access(sessions, door.by, least))],
            responses=described(SignedOut, NotAllowed, *refusals),
        )
    return router
