"""Text of other people: what goes on of it, and what a terminal shows."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from switchboard.text import DEEPEST, TOO_DEEP, clean, clean_json, cleaned, visible

ANYTHING = st.text(st.characters(categories=None, codec=None))


@pytest.mark.parametrize(
    ("text", "left"),
    [
        ("SW1A\0 2AA", "SW1A 2AA"),
        ("half \ud83d of one", "half \ufffd of one"),
        ("both halves \ud83d\ude00 of one", "both halves \U0001f600 of one"),
        ("\x1b[2Jgone\x07\x9b2J", "[2Jgone2J"),
        ("two\r\nlines\rand\na tab\t", "two\nlines\nand\na tab\t"),
        ("Amélie 👨‍👩‍👧 \u202eok", "Amélie 👨‍👩‍👧 \u202eok"),
    ],
)
def test_clean_text_has_no_control_characters_and_no_half_ones(text: str, left: str) -> None:
    assert clean(text) == left


@given(ANYTHING)
def test_what_is_clean_can_be_stored_anywhere_and_stays_as_it_is(text: str) -> None:
    left = clean(text)
    left.encode("utf-8")
    assert not [c for c in left if unicodedata.category(c) in ("Cc", "Cs") and c not in "\n\t"]
    assert clean(left) == left


def test_a_value_is_clean_to_its_depth() -> None:
    dirty = {"na\0me": ["\ud83d", {"deep": ("a\x1b", 1, None, True)}], "not a number": float("nan")}
    assert cleaned(dirty) == {"name": ["\ufffd", {"deep": ["a", 1, None, True]}], "not a number": "nan"}


def test_what_is_deeper_than_anything_that_is_said_ends_there() -> None:
    value: object = "the bottom"
    for _ in range(100_000):
        value = [value]
    left = json.dumps(cleaned(value))
    assert left == "[" * DEEPEST + json.dumps(TOO_DEEP) + "]" * DEEPEST
    assert clean_json("[" * 100_000) == "[" * 100_000


@pytest.mark.parametrize(
    ("text", "left"),
    [
        (r'{"thing": "\ud83d\u0000 oak"}', '{"thing": "\ufffd oak"}'),
        ('{"thing":  "oak"}', '{"thing":  "oak"}'),
        ('{"thing": "o\0', '{"thing": "o'),
        ("", ""),
    ],
)
def test_json_is_cleaned_inside_and_otherwise_left_as_it_was_written(text: str, left: str) -> None:
    assert clean_json(text) == left


@given(st.recursive(ANYTHING | st.floats() | st.integers(), lambda inner: st.dictionaries(ANYTHING, inner)))
def test_any_json_is_clean_json_afterwards(value: object) -> None:
    left = json.loads(clean_json(json.dumps(value)), parse_constant=pytest.fail)
    assert left == cleaned(left)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("one\ntwo\rthree\u2028four", r"one\ntwo\rthree\u2028four"),
        ("abc\u202ecba\u2066", r"abc\u202ecba\u2066"),
        ("\ud83d", r"\ud83d"),
        ("Amélie 👨‍👩‍👧 £1 250", "Amélie 👨‍👩‍👧 £1 250"),
    ],
)
def test_a_terminal_shows_what_it_is_not_to_obey(text: str, shown: str) -> None:
    assert visible(text) == shown
