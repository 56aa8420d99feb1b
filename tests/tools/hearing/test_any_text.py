"""Whatever is said, nothing raises, and what is found has its shape."""

import re
from collections.abc import Callable

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tools import hearing

SAID = """
    zero one two three seven eight ten twelve twenty forty ninety hundred thousand million and a an oh o double triple
    s w for sugar as in whisky alpha bravo u you see why tea to too won ate eye swia sw1a 2aa m1 4bt 10042 07700 900123
    +44 plus (0) at @ dot point dash underscore . , - ; ? ! com co uk example.com amelia hart amelia@example.com my
    email is not postcode order number 3rd 3/11/2026 10042.0 1,000 erm um
"""
ODD = ("\u0661\u0660\u0660\u0664\u0662", "\u2460", "\u00b2", "\u00bd", "\u1369", "\uff13", "\ufdfa", "\x00", "\ud83d")
WORDS = (*SAID.split(), *ODD)
PIECES = st.lists(st.sampled_from(WORDS), max_size=60)
ANYTHING = st.one_of(
    st.text(st.characters(exclude_categories=())),
    st.text(st.characters(categories=("Nd", "Nl", "No", "Zs"))),
    st.text("0123456789+-.,()/@ aeiou"),
    PIECES.map(" ".join),
    PIECES.map("".join),
)
SHAPES: dict[Callable[[str], object], str] = {
    hearing.order_number: r"[1-9][0-9]{4,5}",
    hearing.postcode: r"([A-Z]{1,2}[0-9][A-Z0-9]?[0-9][A-Z]{2})?",
    hearing.email: r"[^@\s]+@[^@\s]+\.[^@\s.]+",
    hearing.phone: r"\+[1-9][0-9]{4,14}",
}


@pytest.mark.parametrize(("understood", "shape"), SHAPES.items(), ids=lambda item: getattr(item, "__name__", ""))
@example(said="9" * 5000)
@example(said="9" * 5000 + " thousand")
@example(said="9" * 490 + " thousand")
@example(said="one hundred " * 5000)
@example(said="one hundred one " * 31)
@example(said="oh " * 166)
@example(said="\ufdfa" * 400)
@example(said="\x00\ud83d\udc00")
@settings(deadline=None)
@given(said=ANYTHING)
def test_nothing_raises_and_what_is_found_has_its_shape(
    understood: Callable[[str], object], shape: str, said: str
) -> None:
    found = understood(said)

    assert found is None or re.fullmatch(shape, str(found))
