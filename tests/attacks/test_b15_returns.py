"""B15: what goes back is what the caller named, and nothing else; what is not plain is asked."""

import pytest
from livekit.agents import ToolError
from sqlalchemy import select

from shop.demo import AMELIA, DANIEL
from shop.models import OrderLine, Return
from switchboard.database import Database
from tests.shop.rows import NOW
from tests.tools.phone import known
from tools import clock
from tools.returns import start_return


@pytest.fixture(autouse=True)
def _the_clock_stands_still(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


async def sent_back(database: Database, number: int) -> set[str]:
    async with database.read() as session:
        products = select(OrderLine.product).join(Return).where(OrderLine.order_number == number)
        return set(await session.scalars(products))


@pytest.mark.parametrize(
    ("item", "goods"),
    [
        ("everything except the vase", {"bath towel"}),
        ("Everything, but not the vase.", {"bath towel"}),
        ("the towels, not the vase", {"bath towel"}),
        ("keep the towels, return the vase", {"glass vase"}),
        ("all but the first one", {"bath towel"}),
        ("Everything.", {"glass vase", "bath towel"}),
        ("\N{LEFT DOUBLE QUOTATION MARK}the vase\N{RIGHT DOUBLE QUOTATION MARK}, please!", {"glass vase"}),
    ],
)
async def test_what_is_excepted_or_denied_stays_with_the_caller(seeded: Database, item: str, goods: set[str]) -> None:
    await start_return(await known(seeded, DANIEL), order_number="10154", reason="chipped", item=item)

    assert await sent_back(seeded, 10154) == goods


@pytest.mark.parametrize(
    "item",
    [
        "not the vase",
        "no vase",
        "I don't want to return the vase",
        "the vase or the towels",
        "not the vase and the towels",
        "one of the towels",
        "everything except the sofa",
        "the sofa",
        "the vase, no, the towels",
        "",
        "'; DROP TABLE returns; --",
    ],
)
async def test_what_is_not_plain_is_asked_with_all_that_the_order_has(seeded: Database, item: str) -> None:
    with pytest.raises(ToolError, match="or everything: a glass vase or three bath towels"):
        await start_return(await known(seeded, DANIEL), order_number="10154", reason="chipped", item=item)

    assert await sent_back(seeded, 10154) == set()


@pytest.mark.parametrize("item", ["the sofa", "not the lamp", "nothing", "everything but the lamp"])
async def test_an_order_of_one_item_does_not_go_back_for_any_words(seeded: Database, item: str) -> None:
    with pytest.raises(ToolError, match="Ask whether a desk lamp shall go back"):
        await start_return(await known(seeded, AMELIA), order_number="10141", reason="too bright", item=item)

    assert await sent_back(seeded, 10141) == set()
