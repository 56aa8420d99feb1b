"""The operators' part, put together: every address of theirs stands in one table."""

import importlib
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, Response
from pydantic import SecretStr
from starlette.routing import BaseRoute

from switchboard.http.errors import BadRequest, DatabaseDown, NotJson, OtherSite, Refused, described
from switchboard.http.operate.access import Access
from switchboard.http.operate.cookies import PATH, Cookies
from switchboard.http.operate.history import History
from switchboard.http.operate.live import Live
from switchboard.http.operate.me import me
from switchboard.http.operate.page import operate_page_routes
from switchboard.http.operate.password import PasswordDoor
from switchboard.http.operate.refusals import (
    CallUnknown,
    FilterRefused,
    NoScenario,
    NotAllowed,
    SignedOut,
    SoundMissing,
    StorageDown,
)
from switchboard.http.operate.roles import Role
from switchboard.http.operate.sessions import Sessions
from switchboard.http.operate.sign_in import OWN_PAGE, Elsewhere, sign_in_routes
from switchboard.operate.audit import Audit
from switchboard.settings.schema import Operate

OPENID = "switchboard.http.operate.openid"
"""Its libraries are an extra, and not needed with a password."""
KINDS = {
    ".csv": "text/csv",
    ".html": "text/html",
    ".ogg": "audio/ogg",
    ".yaml": "application/yaml",
    "/live": "text/event-stream",
}


def operator_routes(
    operate: Operate, secret: SecretStr, page: Path | None, history: History, live: Live, audit: Audit
) -> list[BaseRoute]:
    """All under `/operate`; nothing where the settings have no door. `secret` is what sessions are signed with."""
    cookies = Cookies(secret)
    door = _door(operate, cookies)
    if door is None:
        return []
    sessions = Sessions(cookies, operate.session_minutes)
    router = APIRouter()
    router.include_router(sign_in_routes(door, sessions, audit))
    router.include_router(_api(sessions, door, history, live))
    return [*router.routes, *operate_page_routes(page)]


def _door(operate: Operate, cookies: Cookies) -> PasswordDoor | Elsewhere | None:
    if operate.issuer:
        door: Elsewhere = importlib.import_module(OPENID).OpenIdDoor(operate, cookies)
        return door
    return PasswordDoor(operate.password) if operate.password else None


def _api(sessions: Sessions, door: PasswordDoor | Elsewhere, history: History, live: Live) -> APIRouter:
    filtered = (FilterRefused, DatabaseDown)
    one = (BadRequest, CallUnknown, DatabaseDown)
    heard = (BadRequest, SoundMissing, StorageDown, DatabaseDown)
    sees, hears, erases = Role.OPERATOR, Role.SUPERVISOR, Role.ADMIN
    table: list[tuple[str, str, Any, str, Role, tuple[type[Refused], ...]]] = [
        ("GET", "/me", me, "Who is signed in", sees, ()),
        ("GET", "/live", live.all, "What happens now, as server-sent events", sees, (DatabaseDown,)),
        ("GET", "/calls/{call_id}/live", live.one, "What happens in a call, as server-sent events", sees, one),
        ("GET", "/choices", history.choices, "What calls can be filtered by", sees, ()),
        ("GET", "/calls", history.calls, "A page of the list of calls", sees, filtered),
        ("GET", "/calls.csv", history.csv, "The list of calls as CSV", sees, filtered),
        ("GET", "/calls.json", history.json, "The list of calls as JSON", sees, filtered),
        ("GET", "/calls/{call_id}", history.call, "One call", sees, one),
        ("GET", "/calls/{call_id}/export.json", history.export_json, "One call as a JSON file", sees, one),
        ("GET", "/calls/{call_id}/export.html", history.export_html, "One call as an HTML file", sees, one),
        ("GET", "/calls/{call_id}/scenario.yaml", history.scenario, "One call as a scenario", sees, (*one, NoScenario)),
        ("GET", "/calls/{call_id}/recording/{lane}.ogg", history.sound, "What was heard of one party", hears, heard),
        ("GET", "/calls/{call_id}/recording/{lane}.peaks.json", history.peaks, "How loud they were", hears, heard),
        ("DELETE", "/calls/{call_id}", history.erase, "Erase what was said", erases, (*one, NotJson, OtherSite)),
    ]
    router = APIRouter(prefix=f"{PATH}/api", tags=["operators"])
    for method, path, endpoint, summary, least, refusals in table:
        checks = [Depends(Access(sessions, door.by, least)), *([] if method == "GET" else [Depends(OWN_PAGE)])]
        router.add_api_route(
            path,
            endpoint,
            methods=[method],
            summary=summary,
            dependencies=checks,
            **_answers(path, described(SignedOut, NotAllowed, *refusals)),
        )
    return router


def _answers(path: str, refusals: dict[int | str, dict[str, Any]]) -> dict[str, Any]:
    """What the description says of the answers; JSON, unless the address ends otherwise."""
    kind = next((kind for end, kind in KINDS.items() if path.endswith(end)), None)
    if kind is None:
        return {"responses": refusals}
    return {"responses": {200: {"content": {kind: {}}}, **refusals}, "response_class": Response}
