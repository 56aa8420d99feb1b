"""The shop desk: the person whom a test brings in, with two phones."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from pathlib import Path

from bench.recording import Said, Tone, record
from bench.softphone import Softphone, softphone

PERSON = Tone(1130, 90.0)
"""What the person sounds like, unless a test has them say something."""

Desk = Callable[..., AbstractAsyncContextManager[Softphone]]
"""Switches on one of the phones, by its number from 1, with what is said into it."""


def desk_of(folder: Path, ports: tuple[int, ...]) -> Desk:
    """The desk whose phones are on these ports."""

    @asynccontextmanager
    async def switched_on(number: int = 1, *says: Said, answers: bool = False) -> AsyncIterator[Softphone]:
        name, port = f"desk{number}", ports[number - 1]
        wav = record(folder / f"{name}.wav", says or [PERSON])
        async with softphone(folder / name, wav, name, answers=answers, port=port) as phone:
            yield phone

    return switched_on
