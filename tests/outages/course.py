"""Happenings side by side: at each place one after the other, each with an outcome of its own."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager

from tests.outages.place import Place

Happens = Callable[[Place], Awaitable[None]]


class Course:
    """From `taking_its_course`. Nothing happens before all the places are ready: a start keeps the machine busy."""

    def __init__(self, places: int) -> None:
        self._outcomes: dict[str, asyncio.Future[None]] = {}
        self._ready = asyncio.Barrier(places)

    async def outcome(self, name: str) -> None:
        """Wait for it. Raises what has failed in it."""
        await self._outcomes[name]

    async def take(self, opening: AbstractAsyncContextManager[Place], happenings: Sequence[Happens]) -> None:
        """All that happens at that place."""
        outcomes = {happens: asyncio.get_running_loop().create_future() for happens in happenings}
        self._outcomes |= {happens.__name__: outcome for happens, outcome in outcomes.items()}
        try:
            async with opening as place:
                await self._ready.wait()
                for happens, outcome in outcomes.items():
                    await _settle(outcome, happens(place))
        except Exception as error:  # noqa: BLE001 - the tests tell it
            await self._ready.abort()
            for outcome in outcomes.values():
                if not outcome.done():
                    outcome.set_exception(error)


async def _settle(outcome: asyncio.Future[None], happening: Awaitable[None]) -> None:
    try:
        await happening
    except Exception as error:  # noqa: BLE001 - the test tells it
        outcome.set_exception(error)
    else:
        outcome.set_result(None)


@asynccontextmanager
async def taking_its_course(
    places: Sequence[tuple[AbstractAsyncContextManager[Place], Sequence[Happens]]],
) -> AsyncIterator[Course]:
    """All that happens at all places."""
    course = Course(len(places))
    tasks = [asyncio.create_task(course.take(*each)) for each in places]
    await asyncio.sleep(0)  # each has named its outcomes
    try:
        yield course
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.wait(tasks)
