"""The web app: the page, and the calls that it asks for."""

import asyncio

from app.costs import prices_of
from app.lines import LINES
from app.process import HERE, fail, settings, start_logging
from rehearsal.made import scenario_of
from switchboard.http.app import create_app
from switchboard.http.server import build_server
from switchboard.settings.values import SettingsError
from switchboard.telemetry.web import serve


def run() -> None:
    """Serve it, until it is stopped."""
    chosen = settings()
    try:
        livekit = chosen.require_livekit()
    except SettingsError as error:
        fail(str(error))
    prices = prices_of(chosen)
    start_logging(chosen)
    if chosen.web.metrics_port:
        show_metrics(chosen.web.metrics_host, chosen.web.metrics_port)
    app = create_app(chosen, livekit, LINES, HERE / "web" / "dist", prices, scenario_of)
    asyncio.run(build_server(app, chosen.web).serve())


def show_metrics(host: str, port: int) -> None:
    """For Prometheus. A port that cannot be had is told, and the process exits with 2."""
    try:
        serve(host, port)
    except OSError as error:
        fail(f"HTTP_METRICS_PORT: nobody can listen at {host}:{port}: {error.strerror}.")
