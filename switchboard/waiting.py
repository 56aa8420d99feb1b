"""Waiting for one of several things."""

import asyncio


async def any_set(*events: asyncio.Event, seconds: float | None = None) -> bool:
    """Wait until one of `events` is set; whether that was within so many seconds (None: however long it takes)."""
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    try:
        done, _ = await asyncio.wait(waiting, timeout=seconds, return_when=asyncio.FIRST_COMPLETED)
    finally:
        for each in waiting:
            each.cancel()
    return bool(done)
