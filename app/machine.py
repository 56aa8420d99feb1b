"""This machine's programs, and what we build on it: the page, LiveKit's server, LiveKit SIP."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import typer

from app.process import HERE, fail
from stack.cache import cache_folder
from stack.errors import LocalError
from stack.livekit_build import SERVER, SIP, LiveKitBuild, Source, find_program
from stack.machine import Machine
from stack.page import Page
from switchboard.settings.process import process_environment


def provide_livekit(sip: bool) -> None:
    """Find LiveKit's server, and LiveKit SIP if wanted, or build them; says where they are."""
    on_this_machine(lambda machine: find_program(livekit_build(machine), machine))
    if sip:
        on_this_machine(lambda machine: find_program(livekit_build(machine, SIP), machine))


def provide_page(check: bool) -> None:
    """Build the page if its sources have changed, or only check it."""
    on_this_machine(lambda machine: page_of(machine).check() if check else page_of(machine).build())


def on_this_machine(work: Callable[[Machine], Coroutine[Any, Any, object]]) -> None:
    """Do something with this machine's programs and our cache on it; what it cannot do is told in one line."""
    environ = process_environment()
    xdg = environ.get("XDG_CACHE_HOME")
    try:
        with Machine(cache_folder(Path.home(), Path(xdg) if xdg else None), environ, typer.echo) as machine:
            asyncio.run(work(machine))
    except LocalError as error:
        fail(str(error))


def page_of(machine: Machine) -> Page:
    """The caller's page, and the Node.js to build it with where there is none."""
    return Page(machine, HERE / "web", HERE / "deploy/toolchains/node.txt")


def livekit_build(machine: Machine, what: Source = SERVER) -> LiveKitBuild:
    """LiveKit's server, or LiveKit SIP, as this project pins it."""
    return LiveKitBuild(machine, HERE / "deploy/livekit", HERE / "deploy/toolchains/go.txt", what)
