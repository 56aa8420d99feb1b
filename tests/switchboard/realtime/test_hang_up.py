"""A connection to the model costs money: it is let go within two seconds of the end, whatever the service does."""

import asyncio
import base64
import hashlib
import re
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

import pytest
from livekit.agents import llm, utils

from simulator.voice import RATE
from switchboard.realtime.model import CallModel, TokenProvider

PROMISE = 2.0
PATIENCE = 20.0
MAGIC = b"258EAFA5-E914-47DA-95CA-C5AB0DC85B11"
MUCH = 32 * 2**20
"""More than the buffers of both machines hold."""


class Service:
    """A realtime service that does not do its part: it never answers a close, or not even the handshake."""

    def __init__(self, shakes_hands: bool, reads: bool) -> None:
        self._shakes_hands = shakes_hands
        self._reads = reads
        self.asked = asyncio.Event()
        """Somebody wants to connect, and has what there is for them."""
        self.left = asyncio.Event()
        self._over = asyncio.Event()

    @asynccontextmanager
    async def running(self) -> AsyncIterator[str]:
        server = await asyncio.start_server(self._connected, "127.0.0.1", 0)
        try:
            yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
        finally:
            self._over.set()
            server.close()

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        request = await reader.readuntil(b"\r\n\r\n")
        if self._shakes_hands:
            key = re.search(rb"(?i)sec-websocket-key: (\S+)", request)
            assert key
            accept = base64.b64encode(hashlib.sha1(key[1] + MAGIC).digest())
            writer.write(
                b"HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                b"Sec-WebSocket-Accept: " + accept + b"\r\n\r\n"
            )
            await writer.drain()
        self.asked.set()
        if self._reads:
            while await reader.read(65536):
                pass
            self.left.set()
        else:
            await self._over.wait()
        writer.transport.abort()


@asynccontextmanager
async def connecting_to(url: str, token: TokenProvider | None = None) -> AsyncIterator[CallModel]:
    async with utils.http_context.open(), asyncio.timeout(PATIENCE):
        yield CallModel(azure_deployment="my-deployment", base_url=f"{url}/openai/v1", api_key="a-key", token=token)


@pytest.mark.parametrize("shakes_hands", [True, False], ids=["a close that is not answered", "a handshake that hangs"])
async def test_a_connection_is_gone_two_seconds_after_the_call_has_hung_up(shakes_hands: bool) -> None:
    service = Service(shakes_hands, reads=True)
    async with service.running() as url, connecting_to(url) as model:
        model.session()
        await service.asked.wait()
        began = time.monotonic()
        _, _ = await asyncio.gather(model.hang_up(), service.left.wait())

        assert time.monotonic() - began < PROMISE


async def test_a_call_does_not_wait_for_a_service_that_takes_nothing_any_more() -> None:
    service = Service(shakes_hands=True, reads=False)
    async with service.running() as url, connecting_to(url) as model:
        session = model.session()
        await service.asked.wait()
        silence = base64.b64encode(bytes(RATE)).decode()
        for _ in range(MUCH // len(silence)):
            session.send_event({"type": "input_audio_buffer.append", "audio": silence})
        began = time.monotonic()
        await model.hang_up()

        assert time.monotonic() - began < PROMISE


async def test_a_connection_that_is_begun_at_the_moment_of_the_cut_is_gone_as_soon() -> None:
    service, asked = Service(shakes_hands=False, reads=True), asyncio.Event()

    async def token() -> str:
        asked.set()
        with suppress(asyncio.CancelledError):  # as `asyncio.wait_for` does when its result comes as well
            await asyncio.Event().wait()
        return "a-token"

    async with service.running() as url, connecting_to(url, token) as model:
        model.session()
        await asked.wait()
        began = time.monotonic()
        await model.hang_up()
        await service.left.wait()

        assert time.monotonic() - began < PROMISE


async def test_nobody_waits_for_an_answer_of_a_connection_that_is_closed() -> None:
    service = Service(shakes_hands=True, reads=True)
    async with service.running() as url, connecting_to(url) as model:
        session = model.session()
        asked_before = session.generate_reply()
        await session.aclose()
        asked_after = session.generate_reply()

        for asked in (asked_before, asked_after):
            with pytest.raises(llm.RealtimeError, match="the call is over"):
                await asked
