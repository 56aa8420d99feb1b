"""The web app, put together: every address it answers stands in one table."""

from collections.abc import AsyncIterator, Mapping
from contextlib import aclosing, asynccontextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Depends, FastAPI, Response
from starlette.middleware import Middleware
from starlette.middleware.cors import CORSMiddleware
from uvicorn.middleware.proxy_headers import ProxyHeadersMiddleware

from switchboard.database import Database
from switchboard.http.attendance import WATCH_SECONDS, Attendance
from switchboard.http.auth import caller_auth
from switchboard.http.calls import Calls
from switchboard.http.capacity import Capacity
from switchboard.http.comebacks import Comebacks
from switchboard.http.errors import (
    BadRequest,
    DatabaseDown,
    HouseFull,
    LineUnknown,
    LiveKitDown,
    NotJson,
    OtherSite,
    Refused,
    ResumeRefused,
    SignInDown,
    SignInNeeded,
    TooLarge,
    TooManyCalls,
    TooManyRequests,
    described,
    install,
)
from switchboard.http.health import Health
from switchboard.http.limits import BodyLimit, RateLimit
from switchboard.http.lines import Lines
from switchboard.http.measured import Measured
from switchboard.http.operate import operator_routes
from switchboard.http.operate.history import History
from switchboard.http.operate.live import Live
from switchboard.http.operate.no_store import NoStore
from switchboard.http.page import page_routes
from switchboard.http.resume_tokens import ResumeTokens
from switchboard.http.rooms import Rooms
from switchboard.http.sites import OwnSites
from switchboard.http.sniffing import NoSniffing
from switchboard.http.sources import Sources
from switchboard.http.tokens import Tokens, TokenSigner
from switchboard.ledger.prices import Prices
from switchboard.ledger.turned_away import TurnedAway
from switchboard.line.workflow import Workflow
from switchboard.operate.audit import Audit
from switchboard.operate.erase import Eraser
from switchboard.operate.feed import Feed
from switchboard.operate.scenarios import MakeScenario
from switchboard.pseudonyms import Pseudonyms
from switchboard.recording.recordings import Recordings
from switchboard.settings.schema import LiveKitAccess, Settings, Web
from switchboard.tapes.shelf import Shelf
from switchboard.telemetry.web import begin

MOST_BYTES = 64 * 1024
DESCRIPTION = "Calls to the line from a browser, and the tokens that LiveKit's own frontends ask for."


def create_app(
    settings: Settings,
    livekit: LiveKitAccess,
    lines: Mapping[str, Workflow],
    page: Path | None,
    prices: Prices,
    make_scenario: MakeScenario,
    watch_seconds: float = WATCH_SECONDS,
) -> FastAPI:
    """The app. `lines` has at least one; `page` is the folder of the built page; `prices` are what calls cost.
    `make_scenario` makes a scenario of a call.

    Every `watch_seconds` it looks whether an agent came to each room that was handed out.
    """
    web, limits = settings.web, settings.call
    for name in lines:
        begin(name)
    server_url = settings.livekit.public_url or livekit.url
    database = Database(settings.storage.url.get_secret_value(), Pseudonyms(settings.pseudonym_secret))
    feed = Feed(database, list(lines.values()), prices)
    rooms = Rooms(livekit, limits)
    turned_away = TurnedAway(database)
    capacity = Capacity(rooms, limits, turned_away.note)
    attendance = Attendance(rooms, capacity, watch_seconds)
    signer = TokenSigner(livekit, rooms)
    sources = Sources(livekit.secret)
    tokens = ResumeTokens(livekit.secret, limits.resume_minutes)
    known = Lines(lines, frozenset(person.name.lower() for person in settings.phone.people))

    @asynccontextmanager
    async def lifespan(_app: FastAPI) -> AsyncIterator[None]:
        async with aclosing(database), aclosing(turned_away), aclosing(feed), rooms, attendance:
            yield

    app = FastAPI(
        title="Switchboard",
        description=DESCRIPTION,
        docs_url=None,  # it would load its scripts from elsewhere
        redoc_url=None,
        lifespan=lifespan,
        middleware=_middleware(web),
    )
    app.state.leaving = feed.aclose
    install(app)
    app.include_router(
        _callers(
            Tokens(signer, known, capacity, attendance, sources, server_url),
            Calls(rooms, known, capacity, attendance, signer, tokens, Comebacks(database), sources, server_url),
            web,
        )
    )
    app.include_router(_everyone(known, Health(rooms)))
    audit = Audit(database, timedelta(days=settings.operate.audit_days))
    live = Live(feed, audit)
    recordings = Recordings.of(settings.recordings)
    eraser = Eraser(database, recordings, lines.values(), Shelf.of(settings.tapes))
    history = History(database, lines, prices, recordings, eraser, audit, make_scenario)
    app.router.routes.extend(operator_routes(settings.operate, livekit.secret, page, history, live, audit))
    app.router.routes.extend(page_routes(page, server_url, web.cors_origins))
    return app


def _callers(tokens: Tokens, calls: Calls, web: Web) -> APIRouter:
    """What costs an agent: limited, and for known callers only where the settings say so."""
    auth = caller_auth(web)
    known = [Depends(auth)] if auth else []
    limits = [Depends(OwnSites(web.cors_origins)), Depends(RateLimit(web.rate_limit))]
    checks = [*limits, *known, Depends(_no_store)]
    sign_in = (SignInNeeded, SignInDown) if auth else ()
    always = (BadRequest, NotJson, OtherSite, TooLarge, TooManyRequests, LiveKitDown, *sign_in)
    back = (ResumeRefused, DatabaseDown)
    places = (LineUnknown, HouseFull, TooManyCalls)
    table: list[tuple[str, str, Any, int, str, tuple[type[Refused], ...]]] = [
        ("POST", "/token", tokens.issue, 201, "A token for LiveKit's own frontends", places),
        ("POST", "/calls", calls.start, 201, "Start a call", places),
        ("POST", "/calls/resume", calls.resume, 200, "Come back to a call", (*back, HouseFull, TooManyCalls)),
        ("DELETE", "/calls", calls.end, 204, "End a call", back),
    ]
    router = APIRouter(dependencies=checks, tags=["calls"])
    for method, path, endpoint, status, summary, refusals in table:
        answers = described(*always, *refusals)
        router.add_api_route(path, endpoint, methods=[method], status_code=status, summary=summary, responses=answers)
    return router


def _everyone(lines: Lines, health: Health) -> APIRouter:
    router = APIRouter(tags=["about"])
    router.add_api_route("/lines", lines.list, summary="All lines")
    unknown = described(LineUnknown, BadRequest)
    router.add_api_route("/lines/{name}", lines.show, summary="One line", responses=unknown)
    router.add_api_route("/health", health.show, summary="Whether all is well")
    return router


async def _no_store(response: Response) -> None:
    response.headers["Cache-Control"] = "no-store"


def _middleware(web: Web) -> list[Middleware]:
    layers = [Middleware(Measured), Middleware(NoSniffing), Middleware(NoStore), Middleware(BodyLimit, most=MOST_BYTES)]
    if web.cors_origins:
        layers.append(
            Middleware(
                CORSMiddleware,
                allow_origins=web.cors_origins,
                allow_methods=["GET", "POST", "DELETE"],
                allow_headers=["Authorization", "Content-Type"],
                expose_headers=["Retry-After"],
                max_age=600,
            )
        )
    if web.trusted_proxies:
        layers.append(Middleware(ProxyHeadersMiddleware, trusted_hosts=list(web.trusted_proxies)))
    return layers
