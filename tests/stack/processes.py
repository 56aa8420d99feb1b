"""Processes that tests start, and waiting for ends of processes that are not ours."""

import os
import select
import sys
from pathlib import Path

from stack.parts import Part
from stack.readiness import log_says

STEADY = """
import signal, sys
signal.signal(signal.SIGTERM, lambda *_: (print("stopped", flush=True), sys.exit()))
print("ready", flush=True)
while True:
    signal.pause()
"""
STUBBORN = """
import os, signal, subprocess, sys
signal.signal(signal.SIGTERM, signal.SIG_IGN)
program = "import signal; signal.signal(15, signal.SIG_IGN); print(flush=True); signal.pause()"
child = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE)
child.stdout.readline()
print("child", child.pid)
print("ready", flush=True)
while True:
    signal.pause()
"""


def python_part(name: str, program: str, **more: object) -> Part:
    """A part that runs `program` and is ready when it has written "ready"."""
    values = {"ready": log_says("ready"), **more}
    return Part(name, (sys.executable, "-c", program), **values)  # type: ignore[arg-type]


def child_of(log: Path) -> int:
    """The process id of the stubborn part's child."""
    return int(log.read_text().split("child ")[1].split()[0])


def wait_for_end(pid: int, seconds: float = 10) -> None:
    """Wait until a process has ended, whoever its parent is."""
    try:
        handle = os.pidfd_open(pid)
    except ProcessLookupError:
        return
    try:
        ended, _, _ = select.select([handle], [], [], seconds)
    finally:
        os.close(handle)
    assert ended, f"process {pid} is still there after {seconds} s"
