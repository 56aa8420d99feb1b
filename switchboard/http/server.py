"""The web app as a process serves it."""

import uvicorn
from fastapi import FastAPI

from switchboard.http.options import HttpSettings


def build_server(app: FastAPI, options: HttpSettings) -> uvicorn.Server:
    """A server for `app` at the address of the settings; `await server.serve()` runs it."""
    config = uvicorn.Config(
        app,
        host=options.host,
        port=options.port,
        proxy_headers=False,  # the app does it, for the proxies of the settings only; uvicorn trusts this machine
        access_log=False,  # it would keep callers' addresses
        server_header=False,
        log_config=None,
        lifespan="on",
        timeout_graceful_shutdown=5,
    )
    return uvicorn.Server(config)
