"""Tells when the ledger has changed: once for the whole process, however many want to know."""

import asyncio
from collections.abc import Callable
from contextlib import suppress

from sqlalchemy.ext.asyncio import AsyncConnection

from switchboard.database import Database
from switchboard.ledger.notices import CHANNEL

LOOK_SECONDS = 0.05
"""How often SQLite is asked for the number that changes with its file: it reads no table for that."""
ALIVE_SECONDS = 10.0
"""How often a server that says nothing is asked whether it is there."""

Changed = Callable[[str | None], None]
"""Told the call that has changed; None: it may have been any."""


async def watch(database: Database, changed: Changed) -> None:
    """Until the connection is lost, which raises as a database that is away. What was changed before is told first."""
    async with database.connection() as connection:
        watching = _listen if connection.dialect.name == "postgresql" else _look
        try:
            await watching(connection, changed)
        except Exception as error:  # the driver's own: no two drivers share one
            raise ConnectionError(type(error).__name__) from error


async def _listen(connection: AsyncConnection, changed: Changed) -> None:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    gone = asyncio.Event()
    driver.add_termination_listener(lambda _driver: gone.set())
    await driver.add_listener(CHANNEL, lambda _driver, _process, _channel, call: changed(call))
    changed(None)
    while True:
        await driver.execute("SELECT 1")
        with suppress(TimeoutError):
            await asyncio.wait_for(gone.wait(), ALIVE_SECONDS)


async def _look(connection: AsyncConnection, changed: Changed) -> None:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    known = None
    while True:
        ((version,),) = await driver.execute_fetchall("PRAGMA data_version")
        if version != known:
            known = version
            changed(None)
        await asyncio.sleep(LOOK_SECONDS)
