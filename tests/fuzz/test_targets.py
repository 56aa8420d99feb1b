"""What the fuzzer asks of every way in holds for inputs that need no fuzzer, and for those that it has found."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.fuzz.sentences import ANYTHING, sentence
from tests.fuzz.targets import TARGETS

SCRIPT = Path(__file__).parents[2] / "scripts" / "fuzz"


@pytest.mark.parametrize("name", TARGETS)
def test_whatever_comes_in_has_a_defined_outcome(name: str) -> None:
    @given(st.binary(max_size=60))
    def holds(data: bytes) -> None:
        TARGETS[name](data)

    holds()


def test_every_word_of_a_grammar_can_be_made_up() -> None:
    words = " ".join(f"word{number}" for number in range(300))
    said = {sentence(bytes(data), words).strip() for byte in range(255) for data in ([byte, 0], [byte, 250])}

    assert {"word0", "word254", "word299"} <= said
    assert sentence(bytes([ANYTHING, 0x20, 0x2E]), "") == "\N{RIGHT-TO-LEFT OVERRIDE}"


def test_the_script_fuzzes_every_target() -> None:
    named = re.search(r'targets="([a-z_ ]+)"', SCRIPT.read_text())

    assert named is not None
    assert named[1].split() == list(TARGETS)
