"""Measures a worker: how late its event loops are, what CPU it takes and what memory."""

import asyncio
import os
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

LAG_FILE = "BENCH_LAG_FILE"
"""Names the file that every job's probe adds its lines to."""
TICK = 0.02
LINE_SECONDS = 1.0
MB = 1e6


async def report_lag() -> None:
    """Sleep in ticks, and write once a second by how many milliseconds each one was late. Runs until cancelled."""
    with Path(os.environ[LAG_FILE]).open("a", buffering=1) as file:  # noqa: ASYNC230 - once a job
        loop = asyncio.get_running_loop()
        while True:
            late: list[float] = []
            until = loop.time() + LINE_SECONDS
            while loop.time() < until:
                due = loop.time() + TICK
                await asyncio.sleep(TICK)
                late.append((loop.time() - due) * 1000)
            file.write(" ".join(f"{each:.1f}" for each in late) + "\n")  # one write: lines of several jobs do not mix


class LagFile:
    """What the probes have written since the last look."""

    def __init__(self, path: Path) -> None:
        self.path = path
        path.touch()

    def skip(self) -> None:
        """Forget what has been written so far."""
        self._from = self.path.stat().st_size

    def read(self) -> list[float]:
        """Milliseconds of lag, of all jobs."""
        with self.path.open() as file:
            file.seek(self._from)
            return [float(each) for line in file for each in line.split()]


@dataclass(frozen=True)
class Usage:
    """What a process and all its children used: seconds of CPU since they began, and memory now (PSS)."""

    at: float
    cpu: float
    mb: float

    @classmethod
    def of(cls, pid: int) -> "Usage":
        """Look now."""
        root = psutil.Process(pid)
        cpu, pss = 0.0, 0
        for process in (root, *root.children(recursive=True)):
            try:
                times = process.cpu_times()
                cpu, pss = cpu + times.user + times.system, pss + process.memory_full_info().pss
            except psutil.NoSuchProcess:  # it ended meanwhile
                continue
        return cls(time.perf_counter(), cpu, pss / MB)

    def load_since(self, before: "Usage") -> float:
        """Percent of one core since then."""
        return 100 * (self.cpu - before.cpu) / (self.at - before.at)
