"""The way to a server, which a test can hold up or cut: TCP only, so that media goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress


class Link:
    """Passes on what comes; see `link_to`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._flows = asyncio.Event()
        self._flows.set()
        self._writers: set[asyncio.StreamWriter] = set()
        self._tasks: set[asyncio.Task[None]] = set()
        self._server: asyncio.Server | None = None
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def hold(self) -> None:
        """What is said to the server waits; what the server says goes through."""
        self._flows.clear()

    def release(self) -> None:
        self._flows.set()

    async def open(self) -> None:
        """Take connections, again on the same port."""
        self._server = await asyncio.start_server(self._connected, "127.0.0.1", self.port)
        self.port = self._server.sockets[0].getsockname()[1]

    async def cut(self) -> None:
        """Break all connections, and take none until `open`."""
        if self._server:
            self._server.close()
            self._server = None
        for writer in list(self._writers):
            writer.transport.abort()
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def _connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            there, to = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:
            writer.transport.abort()
            return
        self._writers |= {writer, to}
        for task in (
            asyncio.create_task(self._pass_on(reader, to, self._flows)),
            asyncio.create_task(self._pass_on(there, writer, None)),
        ):
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(
        self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event | None
    ) -> None:
        with suppress(OSError):
            while piece := await reader.read(65536):
                if flows:
                    await flows.wait()
                writer.write(piece)
                await writer.drain()
        writer.close()
        self._writers.discard(writer)


@asynccontextmanager
async def link_to(port: int) -> AsyncIterator[Link]:
    """A link to that port of this machine."""
    link = Link(port)
    await link.open()
    try:
        yield link
    finally:
        link.release()
        await link.cut()
