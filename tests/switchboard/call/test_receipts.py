"""A line that a page has typed is confirmed when it can be lost no more, and is taken once."""

import asyncio
from collections.abc import AsyncIterator

import pytest

from switchboard.background import Background
from switchboard.call.receipts import Receipts
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import CallerSpoke
from switchboard.ledger.timeline import timeline


class Page:
    """Two calls' worth of receipts: `before` was kept by the call that this one goes on from."""

    def __init__(self, database: Database) -> None:
        self.told: asyncio.Queue[str] = asyncio.Queue()
        self.background = Background(lambda: None)
        self.ledger = Ledger(database, "call_2", "line", listeners=(lambda event: self.receipts.note(event),))
        self.receipts = Receipts(self.ledger, {"before"}, self.told.put_nowait, self.background)


@pytest.fixture
async def page(database: Database) -> AsyncIterator[Page]:
    page = Page(database)
    async with page.ledger:
        yield page
        await page.background.aclose()


async def test_a_line_is_confirmed_once_it_is_stored(page: Page, database: Database) -> None:
    page.ledger.write(CallerSpoke(text="spoken"))
    page.ledger.write(CallerSpoke(text="typed", typed="line-1"))

    assert await page.told.get() == "line-1"
    assert [getattr(event, "typed", None) for event in await timeline(database, "call_2")] == [None, "line-1"]
    assert page.told.empty()


async def test_a_line_that_comes_again_is_not_taken_again_and_is_confirmed_again_once_it_is_kept(page: Page) -> None:
    assert page.receipts.wants("line-1")
    assert not page.receipts.wants("line-1")
    assert page.told.empty()
    page.ledger.write(CallerSpoke(text="typed", typed="line-1"))
    await page.told.get()

    assert not page.receipts.wants("line-1")
    assert page.told.get_nowait() == "line-1"


async def test_a_line_that_the_call_before_has_kept_is_confirmed_and_not_taken(page: Page) -> None:
    assert not page.receipts.wants("before")
    assert page.told.get_nowait() == "before"


async def test_what_has_no_name_is_always_taken(page: Page) -> None:
    assert page.receipts.wants(None) and page.receipts.wants(None)
