"""Where it happens: a line of real processes on one LiveKit server, whose service can be killed, or cut off."""

import asyncio
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.ports import free_port
from tests.app.line import Line, open_line
from tests.browser.stack import Program, answers
from tests.link import Link, link_to
from tests.livekit import LiveKitServer
from tests.outages.service import STANDS_BY


class Service:
    """A program that serves, and one that stands by for when that was killed: it is there at once.

    A program that is started then would be away for as long as this machine needs to load it.
    """

    def __init__(self, serving: Program) -> None:
        self._serving = serving
        arguments, log = (*serving.arguments, "--standby"), serving.log.with_name("standby.log")
        self.standby = Program(arguments, serving.environ, log, lambda program: STANDS_BY in program.written)

    def kill(self) -> None:
        self._serving.kill()

    async def come_back(self) -> None:
        assert self.standby.process
        self.standby.process.send_signal(signal.SIGUSR1)
        while not await asyncio.to_thread(self._serving.ready, self.standby):
            assert self.standby.process.poll() is None, self.standby.written


@dataclass
class Place:
    """A line, the way from its worker to its service, and another service that it may turn to."""

    line: Line
    link: Link
    service: Service


@asynccontextmanager
async def open_place(
    livekit: LiveKitServer, database: str, folder: Path, name: str, *, spare: bool = False, comes_back: bool = False
) -> AsyncIterator[Place]:
    """A line whose processes run; their logs go to `folder`. With a `spare` service, or one that `comes_back`."""
    async with open_line(livekit, database, folder, name) as line:
        service = line.stack.simulator
        port = int(service.arguments[service.arguments.index("--port") + 1])
        service.arguments = ("-m", "tests.outages.service", "--port", str(port))
        async with link_to(port) as link:
            settings = {"AZURE_OPENAI_ENDPOINT": f"http://127.0.0.1:{link.port}", "WORKER_EXECUTOR": "thread"}
            line.worker.environ |= settings
            place = Place(line, link, Service(service))
            more = [place.service.standby] if comes_back else []
            more += [_spare(service, line.worker)] if spare else []
            try:
                await asyncio.gather(*(asyncio.to_thread(each.start) for each in (service, *more, line.worker)))
                yield place
            finally:
                for program in more:
                    program.kill()


def _spare(like: Program, worker: Program) -> Program:
    """Another service as the worker's fallback."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    worker.environ |= {"AZURE_OPENAI_FALLBACK_ENDPOINT": url, "AZURE_OPENAI_FALLBACK_DEPLOYMENT": "gpt-realtime-spare"}
    return Program(
        (*like.arguments[:-1], str(port)), like.environ, like.log.with_name("spare.log"), answers(f"{url}/health")
    )
