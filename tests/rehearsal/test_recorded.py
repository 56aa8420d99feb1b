"""What tools give may stand in a scenario: then they ask no business, and what is not there is a fault."""

from pathlib import Path

import pytest

from rehearsal.file import load
from rehearsal.house import House
from rehearsal.judge import Miss
from workflows.support_line import SUPPORT_LINE

ASKS_FOR_HOURS = """\
about: Somebody asks for the opening hours, and then for the price of delivery.
caller:
  says: ['What are your opening hours?', 'And what does delivery cost?', "That's all."]
tools: [TOOLS]
holds: {says: [HEARD]}
"""
HOURS = "{tool: search_knowledge, with: {question: .*hours.*}, returns: 'We are open at night only.'}"
COST = "{tool: search_knowledge, returns: 'Delivery costs a smile.'}"


async def _misses(house: House, file: Path, tools: str, heard: str) -> list[Miss]:
    file.write_text(ASKS_FOR_HOURS.replace("TOOLS", tools).replace("HEARD", heard))  # noqa: ASYNC240 - a small file
    return list((await house.play(load(file, SUPPORT_LINE, {}), seed=0)).misses)


@pytest.mark.parametrize(
    ("tools", "heard"),
    [
        (f"{HOURS}, {COST}", "open at night only, costs a smile"),
        (f"{COST}, {HOURS}", "costs a smile, costs a smile"),  # the first that fits, and again when none is left
    ],
    ids=["in their order", "again"],
)
async def test_what_is_recorded_is_told_in_place_of_the_business(
    tools: str, heard: str, house: House, tmp_path: Path
) -> None:
    assert await _misses(house, tmp_path / "hours.yaml", tools, heard) == []


@pytest.mark.parametrize(
    ("tools", "asked"),
    [(HOURS, "delivery"), ("{tool: search_knowledge, with: {}, returns: 'Nothing.'}", "hours")],
    ids=["another argument", "one more argument"],
)
async def test_what_is_not_recorded_fails_with_what_was_asked_for(
    tools: str, asked: str, house: House, tmp_path: Path
) -> None:
    (miss, *_) = await _misses(house, tmp_path / "hours.yaml", tools, ".")

    assert miss.expected.startswith("search_knowledge(question: ") and asked in miss.expected
    assert miss.expected.endswith(") is among `tools`")
    assert miss.heard == "what it gives is not recorded for these arguments"
