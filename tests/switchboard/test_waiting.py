"""Waiting for one of several events."""

import asyncio

from switchboard.waiting import any_set


async def test_the_first_event_ends_the_waiting() -> None:
    first, second = asyncio.Event(), asyncio.Event()
    waiting = asyncio.create_task(any_set(first, second))
    await asyncio.sleep(0)
    second.set()

    assert await waiting
    assert not first.is_set()


async def test_an_event_that_does_not_come_in_time_is_told() -> None:
    assert not await any_set(asyncio.Event(), seconds=0.01)
