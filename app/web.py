"""The web app: the page, and the calls that it asks for."""

import asyncio

from app.lines import LINES
from app.process import HERE, fail, settings, start_logging
from switchboard.http.app import create_app
from switchboard.http.options import HttpSettings
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
    options = HttpSettings.of(chosen)
    app = create_app(options, livekit, LINES, HERE / "web" / "dist")
    asyncio.run(build_server(app, options).serve())
