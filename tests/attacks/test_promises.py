"""docs/security.md names each promise and the tests that show it."""

import re
from pathlib import Path

HOUSE = Path(__file__).parents[2]
ROW = re.compile(r"^\| ([AB]\d+) \| .+ \| (`.+`) \|$", re.MULTILINE)
NUMBERS = [*(f"A{number}" for number in range(1, 12)), *(f"B{number}" for number in range(12, 19))]


def named() -> dict[str, list[str]]:
    """The files that show each promise."""
    text = (HOUSE / "docs" / "security.md").read_text(encoding="utf-8")
    return {number: re.findall(r"`(.+?)`", files) for number, files in ROW.findall(text)}


def test_every_promise_is_in_the_list() -> None:
    assert list(named()) == NUMBERS


def test_every_promise_is_shown_by_tests() -> None:
    for number, files in named().items():
        for file in files:
            assert "def test_" in (HOUSE / file).read_text(encoding="utf-8"), (number, file)


def test_every_attack_shows_a_promise() -> None:
    shown = {file for files in named().values() for file in files}
    attacks = {str(file.relative_to(HOUSE)) for file in Path(__file__).parent.glob("test_[ab][0-9]*.py")}
    assert attacks <= shown
