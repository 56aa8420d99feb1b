"""A worker's processes are forked from what the worker has loaded, and nothing of it outlives the worker."""

import os
import signal
import subprocess
import sys

import psutil
import pytest

WORKER = """\
import sys, threading, types
from multiprocessing import get_context
from pydantic import SecretStr
from app.fork_server import SERVER, fork_server
from switchboard.settings.schema import LiveKitAccess

sys.modules["loaded"] = types.ModuleType("loaded")
livekit = LiveKitAccess("ws://here:1", "key", SecretStr("secret"), "switchboard")
more, over = sys.argv[1:] == ["threads"], threading.Event()
if more:
    threading.Thread(target=over.wait).start()
fork_server(livekit, ["colorsys"])
over.set()
look = "import os, sys; print(*('loaded' in sys.modules, 'colorsys' in sys.modules, os.environ.get('LIVEKIT_URL')))"
process = get_context("forkserver").Process(target=exec, args=(look,))
process.start()
process.join()
print(SERVER._forkserver_pid, flush=True)
sys.stdin.read()
"""
SECONDS = 60


def program(*arguments: str) -> subprocess.Popen[str]:
    """It answers two lines, and ends with its input."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("LIVEKIT_")}
    command = [sys.executable, "-c", WORKER, *arguments]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environ)


@pytest.mark.parametrize(
    ("arguments", "seen"),
    [([], "True True ws://here:1\n"), (["threads"], "False False None\n")],
    ids=["alone", "threads"],
)
def test_a_process_has_what_its_worker_has_loaded_unless_a_thread_might_hold_a_lock(
    arguments: list[str], seen: str
) -> None:
    with program(*arguments) as worker:
        told, _ = worker.communicate(timeout=SECONDS)

    assert told.startswith(seen)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
def test_the_fork_server_ends_with_its_worker(how: signal.Signals) -> None:
    with program() as worker:
        assert worker.stdout
        worker.stdout.readline()
        server = psutil.Process(int(worker.stdout.readline()))
        worker.send_signal(how)

        server.wait(SECONDS)
