"""The table of rows and scenes: all of its cells, a choice of them, and how many are tried at once."""

import asyncio
from collections.abc import Callable, Sequence
from typing import Any

from tests.faults.room_call import Cell, Found, House
from tests.faults.rows import ROWS, Row
from tests.faults.scenes import SCENES

AT_ONCE = 6
SETTLING_SECONDS = 10.0


def cells() -> list[Cell]:
    """Every row in every scene in which it can strike."""
    return [cell for row in ROWS for cell in _of(row)]


def chosen(rotation: int = 0) -> list[Cell]:
    """Each row once, each in the scene after that of the row before: so nearly every scene comes.

    Of another `rotation` each row has another scene.
    """
    return [(of := _of(row))[(place + rotation) % len(of)] for place, row in enumerate(ROWS)]


def _of(row: Row) -> list[Cell]:
    struck = ((scene, row.faults(scene)) for scene in SCENES.values())
    return [Cell(row, scene, faults) for scene, faults in struck if faults is not None]


async def make(
    house: House, calls: Sequence[Cell], at_once: int = AT_ONCE, told: Callable[[Found], None] = lambda _: None
) -> list[Found]:
    """The calls of these cells, several at once, each in a task of its own; in the order in which they end."""
    turns = asyncio.Semaphore(at_once)
    found: list[Found] = []

    async def take(cell: Cell) -> None:
        async with turns:
            found.append(await house.call(cell))
        told(found[-1])

    async with asyncio.TaskGroup() as making:
        for cell in calls:
            making.create_task(take(cell))
    return found


async def left(tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Those of ours that do not come to their end; LiveKit's synchronizer of words and sound leaves some of its own."""
    ours = {task for task in tasks if "/switchboard/" in getattr(task.get_coro(), "cr_code", left.__code__).co_filename}
    return (await asyncio.wait(ours, timeout=SETTLING_SECONDS))[1] if ours else set()
