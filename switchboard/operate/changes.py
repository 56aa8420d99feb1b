"""Tells when the ledger has changed: once for the whole process, however many want to know."""

import asyncio
from collections.abc import Callable

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
    """Until the connection is lost, which raises. Whatever was changed before is told first."""
    async with database.connection() as connection:
        if connection.dialect.name == "postgresql":
            await _listen(connection, changed)
        else:
            await _look(connection, changed)


async def _listen(connection: AsyncConnection, changed: Changed) -> None:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    await driver.add_listener(CHANNEL, lambda _driver, _process, _channel, call: changed(call))
    changed(None)
    while True:
        await driver.execute("SELECT 1")
        await asyncio.sleep(ALIVE_SECONDS)


async def _look(connection: AsyncConnection, changed: Changed) -> None:
    driver = (await connection.get_raw_connection()).driver_connection
    assert driver is not None
    known = None
    while True:
        cursor = await driver.execute("PRAGMA data_version")
        (version,) = await cursor.fetchone()
        await cursor.close()
        if version != known:
            known = version
            changed(None)
        await asyncio.sleep(LOOK_SECONDS)
