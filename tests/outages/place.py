"""Where it happens: a line of real processes on one LiveKit server, whose service can be killed, or cut off."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

from stack.ports import free_port
from tests.app.line import Line, open_line
from tests.browser.stack import Program, answers
from tests.link import Link, link_to
from tests.livekit import LiveKitServer


@dataclass
class Place:
    """A line, the way from its worker to its service, and another service that it may turn to."""

    line: Line
    link: Link
    spare: Program | None = None

    @property
    def service(self) -> Program:
        return self.line.stack.simulator


@asynccontextmanager
async def open_place(
    livekit: LiveKitServer, database: str, folder: Path, name: str, *, spare: bool = False
) -> AsyncIterator[Place]:
    """A line whose processes run; their logs go to `folder`."""
    async with open_line(livekit, database, folder, name) as line:
        service = line.stack.simulator
        port = int(service.arguments[service.arguments.index("--port") + 1])
        service.arguments = ("-m", "tests.outages.service", "--port", str(port))
        async with link_to(port) as link:
            settings = {"AZURE_OPENAI_ENDPOINT": f"http://127.0.0.1:{link.port}", "WORKER_EXECUTOR": "thread"}
            line.worker.environ |= settings
            other = _spare(service, line.worker) if spare else None
            programs = [program for program in (service, other, line.worker) if program]
            try:
                await asyncio.gather(*(asyncio.to_thread(program.start) for program in programs))
                yield Place(line, link, other)
            finally:
                if other:
                    other.kill()


def _spare(like: Program, worker: Program) -> Program:
    """Another service as the worker's fallback."""
    url = f"http://127.0.0.1:{(port := free_port())}"
    worker.environ |= {"AZURE_OPENAI_FALLBACK_ENDPOINT": url, "AZURE_OPENAI_FALLBACK_DEPLOYMENT": "gpt-realtime-spare"}
    return Program(
        (*like.arguments[:-1], str(port)), like.environ, like.log.with_name("spare.log"), answers(f"{url}/health")
    )
