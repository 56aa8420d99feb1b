"""The web app as a process serves it."""

import socket

import uvicorn
from fastapi import FastAPI

from switchboard.settings.schema import Web


class Server(uvicorn.Server):
    """Lets those go at once who would stay: whoever reads a live feed has no end of their own."""

    def __init__(self, app: FastAPI, config: uvicorn.Config) -> None:
        super().__init__(config)
        self._leaving = app.state.leaving

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Uvicorn waits for the answers that are under way."""
        await self._leaving()
        await super().shutdown(sockets)


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
    return Server(app, config)
