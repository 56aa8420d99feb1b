import pytest

from shop.knowledge import library
from switchboard.database import Database
from tests.tools.phone import ring
from tools.knowledge import NOTHING, search_knowledge, speakable


async def test_an_answer_names_its_document_and_says_money_in_words(seeded: Database) -> None:
    answer = await search_knowledge(ring(seeded), question="What does delivery cost?")

    assert answer.startswith("Delivery, what delivery costs: Standard delivery costs three pounds ninety-five, ")


@pytest.mark.parametrize("question", ["purple elephants", "", "xyzzy"])
async def test_nonsense_is_told_as_not_known(seeded: Database, question: str) -> None:
    assert await search_knowledge(ring(seeded), question=question) == NOTHING


async def test_what_was_told_is_kept_in_the_case(seeded: Database) -> None:
    ctx = ring(seeded)
    await search_knowledge(ctx, question="opening hours")

    assert ctx.userdata.state.tried == ["Told about contact: opening hours."]


def test_marks_are_not_said() -> None:
    assert speakable("**Free** over £50,\nsee [the page](https://x.example/a_b).\n- one\n- `two`") == (
        "Free over fifty pounds, see the page. one two"
    )


def test_no_section_has_marks_or_sums_left() -> None:
    for section in library().sections:
        assert not set("£#*_`<>[]") & set(speakable(section.text)), section.title
