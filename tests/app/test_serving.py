"""The simulator as a program of its own: it listens at once, and loads what understands callers meanwhile."""

import asyncio
import threading
from typing import Any

from app.simulator import _serve
from simulator.mind import Reply, Request, Say
from simulator.server import Simulator
from stack.readiness import http_status


class Slow:
    """A mind that is warm when the test says so."""

    def __init__(self) -> None:
        self.begun, self.may_end = threading.Event(), threading.Event()
        self.warmed = False

    def warm(self) -> None:
        self.begun.set()
        self.warmed = self.may_end.wait(20)

    def answer(self, request: Request) -> Reply:
        return [Say("Hello")]

    def hear(self, session_id: str) -> str | None:
        return None


class Ears:
    """A recognizer that tells when it is loaded."""

    def __init__(self) -> None:
        self.loaded = asyncio.Event()

    async def load(self) -> None:
        self.loaded.set()


async def test_it_listens_before_what_understands_callers_is_loaded() -> None:
    mind, ears = Slow(), Ears()
    simulator = Simulator(mind)
    listener: Any = ears
    serving = asyncio.create_task(_serve(simulator, listener, None))
    try:
        assert await asyncio.to_thread(mind.begun.wait, 20)
        assert await asyncio.to_thread(http_status, "GET", f"{simulator.url}/health") == 200
        assert not ears.loaded.is_set()
        mind.may_end.set()
        await asyncio.wait_for(ears.loaded.wait(), 20)
        assert mind.warmed
    finally:
        mind.may_end.set()
        serving.cancel()
        await asyncio.wait([serving])
