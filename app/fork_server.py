"""The process that all others of a worker are forked from. It is forked from the worker itself, which has loaded all.

multiprocessing's own is a fresh interpreter, which imports everything once more: half of what a worker's start costs.
"""

import os
import sys
import threading
from collections.abc import Sequence
from contextlib import suppress
from multiprocessing import connection, forkserver, resource_tracker
from socket import AF_UNIX, socket
from typing import Any

from livekit.agents.utils.http_context import _set_default_cert_env

from switchboard.settings.process import tell_children
from switchboard.settings.schema import LiveKitAccess

SERVER: Any = forkserver._forkserver
LIVEKITS = ("livekit.agents.ipc._preload", "livekit.agents.ipc._preload_freeze")
"""What a worker has its fork server load, in this order; source as below."""


def fork_server(livekit: LiveKitAccess, modules: Sequence[str]) -> None:
    """Fork it, with the environment of now; it loads `modules` and what LiveKit has it load.

    Call it before there is an event loop. Where there is another thread already, whose locks would be held in the fork
    for ever, nothing happens, and multiprocessing starts its own when it needs one; so it does if this one dies.
    Source: `multiprocessing.forkserver.ForkServer.ensure_running`, CPython 3.11 to 3.13.
    """
    if threading.active_count() > 1:
        return
    _prepare_environment(livekit)
    resource_tracker.ensure_running()
    sys.stdout.flush()
    sys.stderr.flush()
    with socket(AF_UNIX) as listener:
        address = connection.arbitrary_address("AF_UNIX")  # type: ignore[attr-defined]
        listener.bind(address)
        listener.listen()
        alive, ours = os.pipe()
        process = os.fork()
        if not process:
            os.close(ours)
            _serve(listener.detach(), alive, [*modules, *LIVEKITS])
        os.close(alive)
    SERVER._forkserver_address, SERVER._forkserver_alive_fd, SERVER._forkserver_pid = address, ours, process


def _prepare_environment(livekit: LiveKitAccess) -> None:
    """What a worker does before it starts processes. Source: `livekit.agents.worker.AgentServer.run`, 1.8.9."""
    tell_children(livekit)
    _set_default_cert_env()


def _serve(listener: int, alive: int, modules: list[str]) -> None:
    """Fork whatever is asked for, until none of those are left that hold the other end of `alive`."""
    try:
        with suppress(SystemExit):
            forkserver.main(listener, alive, modules)
    finally:
        os._exit(0)
