"""The web app: the page, and the calls that it asks for."""

import asyncio

from app.lines import LINES
from app.process import HERE, fail, settings, start_logging
from switchboard.http.app import create_app
from switchboard.http.server import build_server
from switchboard.settings.values import SettingsError


def run() -> None:
    """Serve it, until it is stopped."""
    chosen = settings()
    try:
        livekit = chosen.require_livekit()
    except SettingsError as error:
        fail(str(error))
    start_logging(chosen)
    app = create_app(chosen, livekit, LINES, HERE / "web" / "dist")
    asyncio.run(build_server(app, chosen.web).serve())
