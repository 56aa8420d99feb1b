"""The way to a server, which a test can hold up or cut: TCP only, so that media goes on."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress

SIGNALLING, WORKER = b"/rtc", b"/agent"
"""What LiveKit's connections ask for first; its API asks for neither."""


class Link:
    """Passes on what comes; see `link_to`."""

    def __init__(self, port: int) -> None:
        self._to = port
        self._flows = asyncio.Event()
        self._flows.set()
        self._answers = asyncio.Event()
        self._answers.set()
        self._late = 0.0
        self._cut: tuple[bytes, ...] = ()
        self._ways: dict[asyncio.StreamWriter, bytes] = {}
        self._tasks: set[asyncio.Task[None]] = set()
        self.port = 0

    @property
    def url(self) -> str:
        return f"ws://127.0.0.1:{self.port}"

    def hold(self) -> None:
        """What is said to the server waits; what the server says goes through."""
        self._flows.clear()

    def fall_silent(self) -> None:
        """What the server says waits as well: nothing comes, and nothing tells that the connection is dead."""
        self._flows.clear()
        self._answers.clear()

    def delay(self, seconds: float) -> None:
        """What is said takes so much longer, both ways."""
        self._late = seconds

    def mend(self) -> None:
        """Take new connections again."""
        self._cut = ()

    def release(self) -> None:
        self._flows.set()
        self._answers.set()

    def cut(self, *paths: bytes) -> None:
        """Break the connections that asked for these, and take no new ones."""
        self._cut = paths
        for writer in [writer for writer, path in self._ways.items() if path.startswith(paths)]:
            writer.transport.abort()

    async def aclose(self) -> None:
        self.release()
        self.cut(b"")
        if self._tasks:
            await asyncio.wait(self._tasks)

    async def connected(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Somebody comes."""
        asked = await reader.read(65536)
        path = asked.split(b" ", 2)[1] if asked else b""
        if path.startswith(self._cut):
            writer.transport.abort()
            return
        try:
            there, to = await asyncio.open_connection("127.0.0.1", self._to)
        except OSError:  # nobody is there, and whoever comes is to know it
            writer.transport.abort()
            return
        to.write(asked)
        self._ways |= {writer: path, to: path}
        for passing in (self._pass_on(reader, to, self._flows), self._pass_on(there, writer, self._answers)):
            task = asyncio.create_task(passing)
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

    async def _pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, flows: asyncio.Event) -> None:
        loop, due = asyncio.get_running_loop(), 0.0
        with suppress(OSError):
            while piece := await reader.read(65536):
                await flows.wait()
                due = max(due, loop.time() + self._late)  # nothing overtakes what was said before
                if due > loop.time():
                    loop.call_at(due, writer.write, piece)
                    continue
                writer.write(piece)
                await writer.drain()
        loop.call_at(due, writer.close)
        self._ways.pop(writer, None)


@asynccontextmanager
async def link_to(port: int) -> AsyncIterator[Link]:
    """A link to that port of this machine."""
    link = Link(port)
    server = await asyncio.start_server(link.connected, "127.0.0.1", 0)
    link.port = server.sockets[0].getsockname()[1]
    try:
        yield link
    finally:
        server.close()
        await link.aclose()
