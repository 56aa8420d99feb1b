"""The web app as tests use it: in this process, with a client for each caller, before a real LiveKit server."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

import httpx2
import jwt
from fastapi import FastAPI
from livekit import api, rtc
from pydantic import SecretStr

from rehearsal.made import scenario_of
from switchboard.http import create_app
from switchboard.http.attendance import WATCH_SECONDS
from switchboard.ledger.prices import Prices
from switchboard.line.workflow import Workflow
from switchboard.livekit import token_of
from switchboard.settings.schema import Limits, LiveKitAccess, Settings, Storage, Web
from tests.livekit import SECRET
from tests.stage.agents import Desk, Reception
from tests.stage.stage import new_database
from workflows.support_line import SUPPORT_LINE

DESK_LINE = Workflow(name="stage", start=Reception, handoffs={Reception: (Desk,), Desk: (Reception,)})
LINES = {line.name: line for line in (replace(SUPPORT_LINE, business=None), DESK_LINE)}
"""Without a business: the databases of these tests have the engine's tables only."""
PRICES = Prices.read()
PATIENCE = 20.0
# No limit that a test has not asked for.
OPTIONS = Settings(web=Web(rate_limit=10_000), call=Limits(calls_per_address=10_000, unjoined_per_address=10_000))

Answer = dict[str, Any]
Found = TypeVar("Found")


@dataclass
class House:
    """The running app."""

    app: FastAPI
    livekit: LiveKitAccess

    @asynccontextmanager
    async def caller(self, address: str = "192.0.2.1") -> AsyncIterator[httpx2.AsyncClient]:
        """A client at that address."""
        transport = httpx2.ASGITransport(self.app, client=(address, 4711))
        async with httpx2.AsyncClient(transport=transport, base_url="http://house") as client:
            yield client


def with_web(**fields: object) -> Settings:
    """The settings with something else for the web app."""
    return OPTIONS.model_copy(update={"web": OPTIONS.web.model_copy(update=fields)})


def with_database(url: str) -> Settings:
    """The settings with that database."""
    return OPTIONS.model_copy(update={"storage": Storage(url=SecretStr(url))})


async def storage_in(folder: Path) -> Storage:
    """A new database there."""
    database = folder / "house.db"
    database.write_bytes(await asyncio.to_thread(_migrated))
    return Storage(url=SecretStr(f"sqlite:///{database}"))


@asynccontextmanager
async def open_house(
    livekit: LiveKitAccess,
    settings: Settings = OPTIONS,
    page: Path | None = None,
    watch_seconds: float = WATCH_SECONDS,
) -> AsyncIterator[House]:
    """With a database of its own, where `settings` name none."""
    with TemporaryDirectory() as folder:
        if not settings.storage.given("url"):
            settings = settings.model_copy(update={"storage": await storage_in(Path(folder))})
        app = create_app(settings, livekit, LINES, page, PRICES, scenario_of, watch_seconds)
        async with app.router.lifespan_context(app):
            yield House(app, livekit)


@cache
def _migrated() -> bytes:
    with TemporaryDirectory() as folder:
        new_database(Path(folder))
        return next(Path(folder).glob("*.db")).read_bytes()


async def eventually(look: Callable[[], Awaitable[Found]]) -> Found:
    """What `look` finds, as soon as it is something: a server's state has no event to wait for."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await look()):  # noqa: ASYNC110 - see above
            await asyncio.sleep(0.02)
        return found


def claims_of(token: str) -> dict[str, Any]:
    """What a participant's token says, signature checked."""
    claims: dict[str, Any] = jwt.decode(token, SECRET, algorithms=["HS256"])
    return claims


def error_of(response: httpx2.Response) -> str:
    """The code of an error, whose shape is checked."""
    body = response.json()
    assert body.keys() == {"error"}
    assert body["error"].keys() == {"code", "message"}
    assert body["error"]["message"].endswith(".")
    return str(body["error"]["code"])


class Guests:
    """People and agents who join rooms, and leave them at the end of the test."""

    def __init__(self, livekit: LiveKitAccess) -> None:
        self._livekit = livekit
        self._stack = AsyncExitStack()

    async def aclose(self) -> None:
        await self._stack.aclose()

    async def join(self, token: str) -> rtc.Room:
        """Raises `rtc.ConnectError` for a token that opens nothing."""
        room = rtc.Room()
        await room.connect(self._livekit.url, token, rtc.RoomOptions(connect_timeout=5))
        self._stack.push_async_callback(room.disconnect)
        return room

    async def agent(self, room: str) -> rtc.Room:
        """Someone whom LiveKit takes for an agent."""
        token = token_of(self._livekit)
        grants = api.VideoGrants(room_join=True, room=room, agent=True)
        return await self.join(token.with_identity("agent-1").with_kind("agent").with_grants(grants).to_jwt())
