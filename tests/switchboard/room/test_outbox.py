"""What the caller's page is sent: in order, nothing before it can arrive, and nothing lost."""

import asyncio
from collections.abc import AsyncIterator, Callable

import pytest
from livekit import rtc

from switchboard.room import outbox
from switchboard.room.outbox import Outbox


class Page:
    """Takes what is sent, with the visit in which it was."""

    def __init__(self) -> None:
        self.got: list[tuple[str, int]] = []
        self.news = asyncio.Event()

    def takes(self, what: str, then: Callable[[], None] = lambda: None) -> outbox.Send:
        async def send(visit: int) -> None:
            self.got.append((what, visit))
            self.news.set()
            then()

        return send

    async def has(self, count: int) -> list[tuple[str, int]]:
        async with asyncio.timeout(5):
            while len(self.got) < count:
                self.news.clear()
                await self.news.wait()
        return self.got


@pytest.fixture
async def room() -> rtc.Room:
    return rtc.Room()


@pytest.fixture
async def box(room: rtc.Room) -> AsyncIterator[Outbox]:
    box = Outbox(room)
    delivering = asyncio.create_task(box.deliver())
    yield box
    delivering.cancel()


async def settle() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


async def test_nothing_goes_out_before_the_caller_can_take_it_and_then_all_in_order(box: Outbox) -> None:
    page = Page()
    for what in "abc":
        box.put(page.takes(what))
    await settle()
    assert page.got == []

    box.reached()
    assert await page.has(3) == [("a", 1), ("b", 1), ("c", 1)]


async def test_while_the_caller_is_away_it_is_held_and_goes_out_after_what_may_not_have_arrived(box: Outbox) -> None:
    page = Page()
    box.reached()
    box.put(page.takes("a"))
    await page.has(1)
    box.lost()
    box.put(page.takes("b"))
    await settle()
    assert page.got == [("a", 1)]

    box.reached()
    assert await page.has(3) == [("a", 1), ("a", 2), ("b", 2)]


async def test_what_went_out_long_before_the_page_was_lost_does_not_go_out_again(
    box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = Page()
    box.reached()
    box.put(page.takes("a"))
    await page.has(1)
    monkeypatch.setattr(outbox, "DOUBTFUL_SECONDS", 0.0)
    box.lost()
    monkeypatch.undo()
    box.put(page.takes("b"))
    box.reached()
    box.lost()
    box.reached()
    assert await page.has(2) == [("a", 1), ("b", 3)]


async def test_while_our_own_connection_is_lost_it_is_held(box: Outbox, room: rtc.Room) -> None:
    page = Page()
    box.reached()
    room.emit("reconnecting")
    box.put(page.takes("a"))
    await settle()
    assert page.got == []

    room.emit("reconnected")
    assert await page.has(1) == [("a", 1)]


async def test_a_page_that_is_told_twice_that_it_is_there_is_the_same_one(box: Outbox) -> None:
    page = Page()
    box.reached()
    box.reached()
    box.put(page.takes("a"))

    assert await page.has(1) == [("a", 1)]


async def test_what_was_under_way_when_the_page_came_anew_is_sent_again(box: Outbox) -> None:
    page = Page()

    def reload() -> None:
        if len(page.got) == 1:
            box.lost()
            box.reached()

    box.reached()
    box.put(page.takes("a", then=reload))
    box.put(page.takes("b"))

    assert await page.has(3) == [("a", 1), ("a", 2), ("b", 2)]


async def test_what_could_not_be_sent_is_tried_again_and_passed_over_at_last(
    box: Outbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(outbox, "PAUSES", (0.0, 0.0))
    page = Page()

    def refuse() -> None:
        raise RuntimeError

    box.reached()
    box.put(page.takes("a", then=refuse))
    box.put(page.takes("b"))

    assert [what for what, _ in await page.has(4)] == ["a", "a", "a", "b"]


async def test_closing_sends_what_is_left_to_a_caller_who_is_there(room: rtc.Room) -> None:
    box, page = Outbox(room), Page()
    delivering = asyncio.create_task(box.deliver())
    box.reached()
    box.put(page.takes("goodbye"))
    await box.aclose(delivering)

    assert page.got == [("goodbye", 1)]


async def test_closing_does_not_wait_for_a_caller_who_is_not(room: rtc.Room, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outbox, "CLOSING_SECONDS", 3600.0)
    box, page = Outbox(room), Page()
    delivering = asyncio.create_task(box.deliver())
    box.put(page.takes("goodbye"))
    async with asyncio.timeout(5):
        await box.aclose(delivering)

    assert page.got == []
