import asyncio

import pytest
from livekit.agents import ToolError
from sqlalchemy import func, select

from shop.demo import DANIEL, PRIYA
from shop.models import Return
from switchboard.database import Database
from tests.tools.phone import known
from tools.returns import start_return


async def rows(database: Database) -> int:
    async with database.read() as session:
        return await session.scalar(select(func.count()).select_from(Return)) or 0


async def test_a_return_says_its_number_what_to_do_and_what_comes_back(seeded: Database) -> None:
    before = await rows(seeded)
    answer = await start_return(await known(seeded), order_number="10141", reason="too bright")

    assert await rows(seeded) == before + 1
    assert answer == (
        f"The return of a desk lamp from order 10141 is open. The return number is {50_000 + before + 1}. "
        "Write it on the parcel and take the parcel to any post office within fourteen days; sending it is free. "
        "The refund of forty-two pounds fifty is paid within five working days after the parcel has arrived."
    )


async def test_said_again_in_other_words_it_is_the_same_return(seeded: Database) -> None:
    ctx, before = await known(seeded), await rows(seeded)
    first = await start_return(ctx, order_number="10141", reason="too bright")
    again = await start_return(ctx, order_number="1 0 1 4 1", reason="It is too bright.", item="the lamp")

    assert first == again
    assert await rows(seeded) == before + 1


async def test_said_twice_at_once_it_is_the_same_return(seeded: Database) -> None:
    ctx, before = await known(seeded), await rows(seeded)
    answers = await asyncio.gather(*(start_return(ctx, order_number="10141", reason="too bright") for _ in range(4)))

    assert len(set(answers)) == 1
    assert await rows(seeded) == before + 1


async def test_another_call_is_told_of_the_return_that_exists(seeded: Database) -> None:
    await start_return(await known(seeded), order_number="10141", reason="too bright")
    before = await rows(seeded)
    with pytest.raises(ToolError, match="exists already, since today; its number is 500"):
        await start_return(await known(seeded), order_number="10141", reason="too bright")

    assert await rows(seeded) == before


@pytest.mark.parametrize(
    ("customer", "number", "words"),
    [
        (DANIEL, "10066", "the thirty days ended on Sunday the ninth of November"),
        (PRIYA, "10160", "has not been delivered"),
    ],
)
async def test_a_refused_return_opens_no_row(seeded: Database, customer, number: str, words: str) -> None:  # type: ignore[no-untyped-def]
    before = await rows(seeded)
    with pytest.raises(ToolError, match=words):
        await start_return(await known(seeded, customer), order_number=number, reason="too big")

    assert await rows(seeded) == before


async def test_an_order_that_has_not_been_shipped_is_rather_cancelled(seeded: Database) -> None:
    with pytest.raises(ToolError, match="`cancel_order`"):
        await start_return(await known(seeded), order_number="10187", reason="changed my mind")


async def test_of_two_items_it_is_asked_which_one(seeded: Database) -> None:
    ctx, before = await known(seeded, DANIEL), await rows(seeded)
    with pytest.raises(ToolError, match="or everything: a glass vase or three bath towels"):
        await start_return(ctx, order_number="10154", reason="wrong colour")
    assert await rows(seeded) == before

    answer = await start_return(ctx, order_number="10154", reason="wrong colour", item="the towels")
    assert answer.startswith("The return of three bath towels from order 10154 is open.")
    assert "fifty-four pounds" in answer


async def test_everything_goes_back_with_a_number_for_each_item(seeded: Database) -> None:
    ctx, before = await known(seeded, DANIEL), await rows(seeded)
    answer = await start_return(ctx, order_number="10154", reason="wrong colour", item="everything")

    assert f"The return number is {50_001 + before} and {50_002 + before}." in answer
    assert "The refund of seventy-eight pounds is paid" in answer
