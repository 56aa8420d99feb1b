"""The foreign clients, what they speak into the simulator, and how those who ask for TLS get there."""

import asyncio
import ssl
from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

import pytest

from bench.spoken import spoken
from simulator.server import Simulator
from tests.certificates import authority, certificate
from tests.clients.foreign import is_here
from tests.link import Link
from tests.simulator.wire import SILENCE


@pytest.fixture
def foreign_clients() -> None:
    """They are here; skipped otherwise, which is a failure in CI."""
    if not is_here():
        pytest.skip("the foreign clients are not here: run `python -m tests.clients`")


@pytest.fixture
def sentence(tmp_path: Path) -> Path:
    """A caller's spoken turn, as a file of PCM16 at 24 kHz."""
    file = tmp_path / "sentence.pcm"
    file.write_bytes(SILENCE * 3 + spoken("Hello, where is my order?") + SILENCE * 8)
    return file


Secured = Callable[[Simulator], AbstractAsyncContextManager[tuple[str, dict[str, str]]]]


@pytest.fixture
def secured(tmp_path: Path) -> Secured:
    """The simulator behind TLS: its URL, and the environment in which Node.js trusts it."""
    trusted = authority(tmp_path, "authority")
    own = certificate(tmp_path, trusted)

    @asynccontextmanager
    async def serve(simulator: Simulator) -> AsyncIterator[tuple[str, dict[str, str]]]:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        context.load_cert_chain(own.file, own.key)
        link = Link(simulator.port)
        server = await asyncio.start_server(link.connected, "127.0.0.1", 0, ssl=context)
        port = server.sockets[0].getsockname()[1]
        try:
            yield f"https://127.0.0.1:{port}", {"NODE_EXTRA_CA_CERTS": str(trusted.file)}
        finally:
            server.close()
            await link.aclose()

    return serve
