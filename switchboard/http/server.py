"""The web app as a process serves it."""

import uvicorn
from fastapi import FastAPI

from switchboard.settings.schema import Web


def build_server(app: FastAPI, web: Web) -> uvicorn.Server:
    """A server for `app` at its address; `await server.serve()` runs it."""
    config = uvicorn.Config(
        app,
        host=web.host,
        port=web.port,
        proxy_headers=False,  # the app does it, for the proxies of the settings only; uvicorn trusts this machine
        access_log=False,  # it would keep callers' addresses
        server_header=False,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)
