"""Several programs run as one: started in order, told when one fails, stopped in reverse order."""

import asyncio
import re
import signal
import time
from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from stack.child import Child
from stack.errors import LocalError, explained
from stack.machine import Machine
from stack.readiness import Ready
from switchboard.files import private_folder

STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
POLL_SECONDS = 0.05
QUOTED = 160


class PartError(LocalError):
    """A part did not get ready or ended by itself."""


@dataclass(frozen=True)
class Part:
    """One program: what starts it and how to see that it is ready. `environ` comes on top of the machine's.

    It has `ready_seconds` to be so: on a busy machine a program begins late, and who waits sees that it is still at it.
    It has `stop_seconds` to go after SIGTERM; one that takes a second SIGTERM as "now" gets that after `again_seconds`.
    """

    name: str
    command: Sequence[str]
    ready: Ready
    environ: Mapping[str, str] = field(default_factory=dict)
    folder: Path | None = None
    ready_seconds: float = 120
    stop_seconds: float = 5
    again_seconds: float | None = None


@dataclass
class Running:
    """A part that has been started."""

    part: Part
    child: Child
    log: Path
    watch: asyncio.Task[None] | None = None


class Parts:
    """Parts that live as long as the block, like one program.

    Ctrl-C, SIGTERM or a lost terminal ends the block quietly, at whatever it waits for (`stopped_by` tells the signal);
    a second one kills what is still stopping. A part that ends by itself ends the block with `PartError`.
    """

    def __init__(self, machine: Machine, logs: Path, signals: Sequence[signal.Signals] = STOP_SIGNALS) -> None:
        self._machine = machine
        self._logs = logs
        self._signals = signals
        self._running: list[Running] = []
        self._crash: PartError | None = None
        self._cancelled = False
        self._stopping = False
        self._handlers: dict[signal.Signals, Any] = {}
        self.stopped_by: signal.Signals | None = None

    async def __aenter__(self) -> Self:
        task = asyncio.current_task()
        assert task is not None
        self._owner = task
        self._cancels_before = task.cancelling()
        with explained("Making a folder for logs"):
            private_folder(self._logs)  # of programs that write down who calls
        for number in self._signals:
            self._handlers[number] = signal.getsignal(number)
            asyncio.get_running_loop().add_signal_handler(number, self._interrupt, number)
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, _error: BaseException | None, _trace: TracebackType | None
    ) -> bool:
        self._stopping = True
        await self._stop_all()
        for number, handler in self._handlers.items():
            asyncio.get_running_loop().remove_signal_handler(number)
            signal.signal(number, handler)
        return self._settle(kind)

    async def start(self, part: Part) -> None:
        """Start a part and wait until it is ready. Raises `PartError` if it ends before, or is not ready in time."""
        began = time.monotonic()
        log = self._new_log(part)
        with log.open("wb") as output:
            child = await self._machine.start(part.command, output, part.folder, part.environ)
        running = Running(part, child, log)
        self._running.append(running)
        try:
            await self._until_ready(running)
        except PartError:
            await self._end(running)
            raise
        running.watch = asyncio.create_task(self._watch(running))
        self._machine.note(f"{part.name}: ready ({time.monotonic() - began:.1f} s), log {log}")

    async def stop(self, name: str, at_once: bool = False) -> None:
        """Stop one part on purpose; `at_once` kills it, as a crash of its machine would."""
        running = self._find(name)
        if at_once:
            _unwatch(running)
            running.child.kill()
        await self._end(running)

    def pid(self, name: str) -> int:
        """The process id of a part that runs."""
        return self._find(name).child.pid

    async def wait(self) -> None:
        """Wait for the end of the block: a signal, or a part that fails."""
        await asyncio.Event().wait()

    def _find(self, name: str) -> Running:
        return next(running for running in self._running if running.part.name == name)

    def _new_log(self, part: Part) -> Path:
        """An empty log; the one before is kept beside it."""
        log = self._logs / f"{part.name}.log"
        with suppress(FileNotFoundError):
            log.replace(log.with_suffix(".log.1"))
        return log

    async def _until_ready(self, running: Running) -> None:
        part = running.part
        ended = asyncio.create_task(running.child.wait())
        try:
            async with asyncio.timeout(part.ready_seconds):
                while not ended.done():
                    if await part.ready(running.log) and not ended.done():
                        return
                    await asyncio.wait({ended}, timeout=POLL_SECONDS)
        except TimeoutError:
            raise PartError(f"{part.name} was not ready after {part.ready_seconds:g} s{_quoted(running.log)}") from None
        finally:
            ended.cancel()
        raise PartError(_ended(running, await running.child.wait()))

    async def _watch(self, running: Running) -> None:
        """End the block when a part ends that nobody stopped."""
        code = await running.child.wait()
        if self._crash is None and not self._stopping:
            self._crash = PartError(_ended(running, code))
            self._cancel()

    def _interrupt(self, number: signal.Signals) -> None:
        if self.stopped_by is None and not self._stopping:
            self.stopped_by = number
            self._machine.say("Stopping ...")
            self._cancel()
            return
        for running in self._running:
            running.child.kill()

    def _cancel(self) -> None:
        if not self._cancelled:
            self._cancelled = True
            self._owner.cancel()

    async def _stop_all(self) -> None:
        """Stop every part, whoever cancels us meanwhile: it takes no longer than the parts may take."""
        stopping = asyncio.create_task(self._stop_in_reverse())
        while not stopping.done():
            with suppress(asyncio.CancelledError):
                await asyncio.wait({stopping})
        stopping.result()

    async def _stop_in_reverse(self) -> None:
        while self._running:
            await self._end(self._running[-1])

    async def _end(self, running: Running) -> None:
        _unwatch(running)
        seconds = running.part.stop_seconds
        if not await running.child.stop(seconds, running.part.again_seconds):
            self._machine.say(f"{running.part.name} did not stop within {seconds:g} s and was killed.")
        self._running.remove(running)

    def _settle(self, kind: type[BaseException] | None) -> bool:
        """What the block ends with: our own cancellation becomes the crash, or nothing; all else stays as it is."""
        if self._cancelled:
            self._owner.uncancel()
        if self._owner.cancelling() > self._cancels_before:
            if kind is None:
                raise asyncio.CancelledError
            return False
        if kind is not None and not issubclass(kind, asyncio.CancelledError):
            return False
        if self._crash:
            raise self._crash from None
        return self._cancelled


def _unwatch(running: Running) -> None:
    if running.watch:
        running.watch.cancel()


def _ended(running: Running, code: int) -> str:
    how = f"exit code {code}" if code >= 0 else signal.Signals(-code).name
    return f"{running.part.name} ended by itself ({how}){_quoted(running.log)}"


def _quoted(log: Path) -> str:
    """The last line of a log, and where the others are; the end of a sentence."""
    text = re.sub(r"\x1b\[[0-9;]*m", "", log.read_text(errors="replace"))
    lines = [line.strip() for line in text.splitlines() if line.strip()]
    if not lines:
        return f"; its log {log} is empty."
    return f": {lines[-1][:QUOTED]} (more at the end of {log})"
