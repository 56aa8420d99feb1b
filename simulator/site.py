"""A web application at an address of this machine."""

from __future__ import annotations

from aiohttp import web

LONGEST_STOP = 1.0


class Site:
    """Opened, it listens; port 0 takes a free one."""

    def __init__(self, app: web.Application, host: str, port: int) -> None:
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=LONGEST_STOP)
        self._host = host
        self.port = port

    @property
    def url(self) -> str:
        """Where it listens."""
        return f"http://{self._host}:{self.port}"

    async def open(self) -> None:
        """Listen. Raises OSError when the port is taken, and has cleaned up then."""
        await self._runner.setup()
        try:
            await web.TCPSite(self._runner, self._host, self.port).start()
        except OSError:
            await self.close()
            raise
        self.port = self._runner.addresses[0][1]

    async def close(self) -> None:
        """Stop listening; what is under way has a moment to end."""
        await self._runner.cleanup()
