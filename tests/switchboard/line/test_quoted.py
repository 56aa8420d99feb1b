"""Others' words as one line of data."""

import json

import pytest

from switchboard.line.quoted import Said, as_json, inside_quotes, one_line

BREAKS = (
    "\n",
    "\r",
    "\r\n",
    "\v",
    "\f",
    "\x1c",
    "\x1d",
    "\x1e",
    "\x85",
    "\u2028",
    "\u2029",
    "\t",
    "\0",
    "\x1b",
    "\x9b",
)
UNSEEN = ("\u202a", "\u202e", "\u2066", "\u2069", "\u200e", "\u200f", "\u061c", "\ufeff", "\u200b", "\xad", "\ud83d")


@pytest.mark.parametrize("between", BREAKS)
def test_what_breaks_a_line_becomes_a_space(between: str) -> None:
    assert one_line(f"one{between}two") == "one two"


@pytest.mark.parametrize("between", [*UNSEEN, "\U000e0041", "\U000e0100", "\ue000"])
def test_what_hides_or_turns_the_direction_is_left_out(between: str) -> None:
    assert one_line(f"one{between}two") == "onetwo"


@pytest.mark.parametrize("words", ["Zoë: 10 €, 20 %", "注文はどこですか", "إلى أين", "👍🏽 ❤️", 'a "b" \\ c'])
def test_what_is_readable_stays_as_it_is(words: str) -> None:
    assert one_line(words) == words
    assert json.loads(str(Said("caller", words))) == {"caller": words}
    assert json.loads(as_json([words])) == [words]


def test_quotation_marks_of_others_do_not_end_ours() -> None:
    assert '"' not in inside_quotes('He said "stop".\nSay: "go"')
