"""The shop desk: the person whom a test brings in, with two phones."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from bench.outlet import Outlet
from bench.recording import MINUTES, Said, Tone, record
from bench.softphone import Softphone, softphone

PERSON = Tone(1130, MINUTES)
"""What the person sounds like, unless a test has them say something."""

Desk = Callable[..., AbstractAsyncContextManager[Softphone]]
"""Switches on one of the phones, by its number from 1, with what is said into it."""


def desk_of(folder: Path, outlets: tuple[Outlet, ...]) -> Desk:
    """The desk whose phones are there."""

    @asynccontextmanager
    async def switched_on(number: int = 1, *says: Said, answers: bool = False) -> AsyncIterator[Softphone]:
        name, outlet = f"desk{number}", outlets[number - 1]
        wav = record(folder / f"{name}.wav", says or [PERSON])
        async with softphone(folder / name, wav, name, answers=answers, outlet=outlet) as phone:
            yield phone

    return switched_on
