"""Whatever goes wrong at whatever event: the caller hears all of it once, and the model knows all of it once."""

import asyncio
import random
from typing import Any

import pytest

from simulator.faults import Fault
from tests.faults.drive import PATIENCE, drive
from tests.faults.moments import MOMENTS, Moment
from tests.faults.table import HARMS, Harm
from tests.faults.whole import UnwellError
from tests.stage.stage import new_database

AT_ONCE = 8
NEVER = 1_000_000


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> str:
    return new_database(tmp_path_factory.mktemp("faults"))


async def events_of(database: str, moment: Moment) -> int:
    """How many events the service sends in the moment."""
    (fault,) = await drive(database, moment, Fault("drop", at="*", nth=NEVER))
    return sum(fault._seen.values())


async def strike(database: str, moment: Moment, fault: Fault, turn: asyncio.Semaphore) -> str | None:
    async with turn:
        try:
            await drive(database, moment, fault)
        except UnwellError as unwell:
            return f"{fault.name} {fault.when or ''} event {fault.nth}: {unwell}"
    return None


async def _left(tasks: set[asyncio.Task[Any]]) -> set[asyncio.Task[Any]]:
    """Those of ours that do not come to their end; LiveKit's synchronizer of words and sound leaves some of its own."""
    ours = {
        task for task in tasks if "/switchboard/" in getattr(task.get_coro(), "cr_code", _left.__code__).co_filename
    }
    return (await asyncio.wait(ours, timeout=PATIENCE))[1] if ours else set()


@pytest.mark.parametrize("harm", HARMS, ids=lambda harm: harm.name)
@pytest.mark.parametrize("moment", MOMENTS.values(), ids=lambda moment: moment.name)
async def test_all_is_heard_once_and_known_once_at_whatever_event_it_strikes(
    database: str, moment: Moment, harm: Harm
) -> None:
    faults = harm.at_each(await events_of(database, moment))
    drawn = random.Random(f"{harm.name}, {moment.name}").sample(faults, harm.tries)
    turn = asyncio.Semaphore(AT_ONCE)
    before = asyncio.all_tasks()
    unwell = [
        told for told in await asyncio.gather(*(strike(database, moment, fault, turn) for fault in drawn)) if told
    ]

    assert not unwell, "\n".join(unwell)
    assert not await _left(asyncio.all_tasks() - before)
