"""Secrets are masked by value, however they are written or said."""

from collections.abc import Iterator
from typing import Any

import pytest

from switchboard.ledger.mask import MASK, Mask
from switchboard.redaction import spoken

SECRET = "482193"
QUOTED = "a'b\"c"


def masked(secret: Any, text: str) -> str:
    mask = Mask()
    mask.hide(secret)
    return mask.text(text)


@pytest.mark.parametrize(
    "said",
    [
        "482193",
        "482 193",
        "48-21-93",
        "4 8 2 1 9 3",
        "4, 8, 2, 1, 9, 3",
        "4... 8... 2... 1... 9... 3",
        "four eight two one nine three",
        "Four, eight, two, then one, nine and three",
        "forty-eight twenty-one ninety-three",
        "forty eight two one nine three",
        "48 two 1 nine 3",
        "٤٨٢١٩٣",
    ],
)
def test_digits_are_found_however_they_are_said(said: str) -> None:
    assert masked(SECRET, f"Is that {said}, then?") == f"Is that {MASK}, then?"


@pytest.mark.parametrize(("digits", "said"), [("4477", "double four double seven"), ("4447", "triple four seven")])
def test_a_digit_said_as_two_or_three_is_found(digits: str, said: str) -> None:
    assert masked(digits, f"So {said}.") == f"So {MASK}."


@pytest.mark.parametrize(("keys", "said"), [("12*34", "one two star three four"), ("*99", "star nine nine")])
def test_the_star_of_a_keypad_is_one_of_the_digits(keys: str, said: str) -> None:
    assert masked(keys, f"You typed {keys}: {said}.") == f"You typed {MASK}: {MASK}."


@pytest.mark.parametrize("other", ["94711", "47112", "four seven one", "471", "1147", "4 and 71"])
def test_other_numbers_stay(other: str) -> None:
    assert masked("4711", other) == other


def test_a_number_is_found_wherever_it_stands_and_as_often() -> None:
    assert masked("4711", "4711, then 4711 5 times, four seven one one and 4711") == (
        f"{MASK}, then {MASK} 5 times, {MASK} and {MASK}"
    )


def test_one_after_the_other_is_found_each_time() -> None:
    assert masked("4711", "4711 4711 4711!") == f"{MASK} {MASK} {MASK}!"
    assert masked("4444", "4 4 4 4 4!") == f"{MASK}!"


@pytest.mark.parametrize("other", ["no94711", "it is 477", "double it, 477"])
def test_what_stands_before_a_number_does_not_make_it_another(other: str) -> None:
    assert masked("4711", other) == masked("4477", other) == other


def test_secrets_side_by_side_are_masked_as_one() -> None:
    mask = Mask()
    mask.hide("abcdef")
    mask.hide("ghijkl")

    assert mask.text("abcdefghijkl") == MASK


def test_a_secret_with_both_quotation_marks_is_found_in_pythons_writing() -> None:
    assert masked(QUOTED, f"input_value={QUOTED!r}") == f"input_value='{MASK}'"


def test_a_long_number_is_found_within_a_longer_one() -> None:
    assert masked(SECRET, f"00{SECRET}00") == f"00{MASK}00"


@pytest.mark.parametrize(
    "written", ['Öl "7" \\ x', "ÖL “7” x", r"\u00d6l \"7\" \\ x", r"Öl \"7\" \\ x", 'öl"7"\\x', 'Ö l "7" \\ x']
)
def test_a_password_is_found_as_it_is_written_in_json_and_in_python(written: str) -> None:
    found = masked('Öl "7" \\ x', f"[{written}]")

    assert (found == f"[{MASK}]") == ("“" not in written)


@pytest.mark.parametrize("secret", [True, None, "", "12", 7, ["a"], {}])
def test_what_is_too_short_to_be_found_again_hides_nothing(secret: Any) -> None:
    assert masked(secret, "True None 12 7 a") == "True None 12 7 a"


def test_words_that_have_a_short_secret_in_them_stay() -> None:
    assert masked("art", "Art is a part") == f"{MASK} is a part"


def test_every_value_in_a_secret_is_one() -> None:
    assert masked({"card": ["4711 0815", {"code": 999}], "ok": True}, "47110815 999") == f"{MASK} {MASK}"


def test_a_secret_spelled_out_in_a_list_is_one() -> None:
    assert masked(["4", 8, "2", "1"], "4821") == MASK


def test_json_keeps_its_shape() -> None:
    mask = Mask()
    mask.hide("4711")

    assert mask.json({"a": 4711, "b": [4711.0, True, None, 12, "x 4711"], "4711": {}}) == {
        "a": MASK,
        "b": [MASK, True, None, 12, f"x {MASK}"],
        MASK: {},
    }


def test_a_state_loses_the_fields_that_are_secrets_and_keeps_the_types_of_the_others() -> None:
    mask = Mask()
    mask.hide("10042")
    card = {"pin": "10042", "n": 1}
    state = {"order": 10042, "other": 10043, "tried": ["Told of order 10042.", "10042"], "card": card}

    assert mask.fields(state) == {"other": 10043, "tried": [f"Told of order {MASK}."], "card": {"n": 1}}


def test_a_turn_is_shown_as_it_may_be_and_a_longer_one_is_another() -> None:
    mask = Mask()
    mask.hide_turn("(typed) 1", "(typed) *")

    assert mask.text("(typed) 1. (typed) 12 (typed) 1* (typed) 1") == "(typed) *. (typed) 12 (typed) 1* (typed) *"
    assert mask.known == 1


def test_a_secret_may_become_known_while_a_text_is_masked(monkeypatch: pytest.MonkeyPatch) -> None:
    mask, find = Mask(), spoken.find
    mask.hide(SECRET)

    def meanwhile(digits: str, text: str) -> Iterator[tuple[int, int]]:
        mask.hide(["4711", "a password"])
        return find(digits, text)

    monkeypatch.setattr(spoken, "find", meanwhile)
    assert mask.text("It is 482193.") == "It is ***."
    assert mask.text("It is a password.") == "It is ***."
