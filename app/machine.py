"""This machine's programs, and what we build on it: the page, LiveKit's server, LiveKit SIP."""

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import typer
from rich.console import Console

from app.process import HERE, LOG_FILE, fail
from stack.cache import cache_folder
from stack.errors import LocalError
from stack.livekit_build import SERVER, SIP, LiveKitBuild, Source, find_program
from stack.machine import Machine
from stack.page import Page
from stack.progress import Progress
from switchboard.settings.process import process_environment

PAGE = "The page"


def provide_livekit(sip: bool) -> None:
    """Find LiveKit's server, and LiveKit SIP if wanted, or build them; says where they are."""
    sources = (SERVER, SIP) if sip else (SERVER,)

    async def provide(machine: Machine) -> None:
        with progress("livekit-server", *(source.shown for source in sources)) as shown:
            programs = [await livekit_program(machine, source, shown) for source in sources]
        for source, program in zip(sources, programs, strict=True):
            typer.echo(f"{source.shown}: {program}")

    on_this_machine(provide)


def provide_page(check: bool) -> None:
    """Build the page if its sources have changed, or only check it."""
    name = "The page's checks" if check else PAGE

    async def provide(machine: Machine) -> None:
        with progress("page", name) as shown, shown.step(name) as note:
            page = page_of(machine.noting(note))
            await (page.check() if check else page.build())

    on_this_machine(provide)


def on_this_machine(work: Callable[[Machine], Coroutine[Any, Any, object]]) -> None:
    """Do something with this machine's programs and our cache on it; what it cannot do is told in one line."""
    environ = process_environment()
    xdg = environ.get("XDG_CACHE_HOME")
    try:
        with Machine(cache_folder(Path.home(), Path(xdg) if xdg else None), environ, typer.echo) as machine:
            asyncio.run(work(machine))
    except LocalError as error:
        fail(str(error))


def progress(command: str, *steps: str) -> Progress:
    """The steps of a command on this terminal, and its log."""
    return Progress(Console(), LOG_FILE.with_name(f"{command}.log"), *steps)


async def livekit_program(machine: Machine, source: Source, shown: Progress) -> Path:
    """One of LiveKit's programs, found or built as a step."""
    with shown.step(source.shown) as note:
        noting = machine.noting(note)
        return await find_program(livekit_build(noting, source), noting)


def page_of(machine: Machine) -> Page:
    """The caller's page, and the Node.js to build it with where there is none."""
    return Page(machine, HERE / "web", HERE / "deploy/toolchains/node.txt")


def livekit_build(machine: Machine, what: Source = SERVER) -> LiveKitBuild:
    """LiveKit's server, or LiveKit SIP, as this project pins it."""
    return LiveKitBuild(machine, HERE / "deploy/livekit", HERE / "deploy/toolchains/go.txt", what)
