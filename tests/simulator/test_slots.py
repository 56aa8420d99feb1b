import re

import pytest

from simulator.slots import chosen, digits, email, postcode

ORDER = re.compile(r"1\d{4}")
PHONE = re.compile(r"0\d{9,10}")
UK = re.compile(r"[A-Z]{1,2}\d[A-Z\d]?\d[A-Z]{2}")


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("10042", ["10042"]),
        ("order #10042.", ["10042"]),
        ("10,042", ["10042"]),
        ("100 42", ["10042"]),
        ("1 0 0 4 2", ["10042"]),
        ("1-0-0-4? 2", ["10042"]),
        ("one zero zero four two", ["10042"]),
        ("one oh oh for two", ["10042"]),
        ("number is one double zero four two", ["10042"]),
        ("ten oh four two", ["10042"]),
        ("one zero zero, uh, forty two", ["10042"]),
        ("ten thousand forty two", ["10042"]),
        ("ten thousand and forty-two", ["10042"]),
        ("10 thousand 42", ["10042"]),
        ("ten thousand two hundred", ["10200"]),
        ("ten thousand one hundred and nine", ["10109"]),
        ("10042 and 10043", ["10042", "10043"]),
        ("10043, not 10042", ["10043"]),
        ("not 10042 but 10043", ["10043"]),
        ("My order is one zero zero far too.", ["10042"]),
        ("order 10042 too, please", ["10042"]),
        ("order 10042 to be cancelled", ["10042"]),
        ("one zero zero four", []),
        ("I have two questions", []),
        ("", []),
    ],
)
def test_order_numbers_are_read_however_they_are_said(said: str, meant: list[str]) -> None:
    assert digits(said, ORDER) == meant


def test_a_phone_number_is_read_with_its_hundreds() -> None:
    assert digits("oh double seven double oh nine hundred one two three", PHONE) == ["07700900123"]


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("SW1A 2AA", ["SW1A 2AA"]),
        ("sw1a2aa", ["SW1A 2AA"]),
        ("my postcode is S W one A two A A, thanks", ["SW1A 2AA"]),
        ("S W 1 A, 2 A A", ["SW1A 2AA"]),
        ("sierra whiskey one alpha two alpha alpha", ["SW1A 2AA"]),
        ("S for sugar W one A two double A", ["SW1A 2AA"]),
        ("O X one four B H", ["OX1 4BH"]),
        ("M one oh A B", ["M1 0AB"]),
        ("10042 and E1 6AN", ["E1 6AN"]),
        ("my post code in S double U1 A 2 A A.", ["SW1A 2AA"]),
        ("S double one A two A A", ["SW1A 2AA"]),
        ("S double 1, A 2, A 8", ["SW1A 2AA"]),
        ("B double one two A A", ["B11 2AA"]),
        ("My post killed in M1 for a BT.", ["M1 4BT"]),
        ("M 1 for B T", ["M1 4BT"]),
        ("A1 to NG", ["A1 2NG"]),
        ("it cost me 5 for a TV", []),
        ("I don't know it", []),
    ],
)
def test_postcodes_are_read_however_they_are_spelled(said: str, meant: list[str]) -> None:
    assert postcode(said, UK) == meant


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("anna.smith@example.com", ["anna.smith@example.com"]),
        ("It's anna dot smith at example dot com.", ["anna.smith@example.com"]),
        ("a n n a at example dot co dot uk", ["anna@example.co.uk"]),
        ("anna underscore smith at my dash shop dot com", ["anna_smith@my-shop.com"]),
        ("I am at home", []),
    ],
)
def test_addresses_are_read_however_they_are_spoken(said: str, meant: list[str]) -> None:
    assert email(said, None) == meant


TIMES = [
    "tomorrow at half past nine in the morning",
    "tomorrow at two in the afternoon",
    "Wednesday the second at ten",
]
GOODS = ["a glass vase", "three bath towels"]


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("the second one", [1]),
        ("the last one please", [2]),
        ("second", [1]),
        ("option 3", [2]),
        ("number two please", [1]),
        ("tomorrow at two", [1]),
        ("Wednesday is better", [2]),
        ("any of them", [0]),
        ("the first or no, the second one", [1]),
        ("the first and the third", [0, 2]),
        ("not the first one, the second", [1]),
        ("all of them", [0, 1, 2]),
        ("the fourth one", []),
        ("tomorrow", []),
        ("purple", []),
    ],
)
def test_a_choice_is_read_by_its_place_or_its_words(said: str, places: list[int]) -> None:
    assert chosen(said, TIMES, asked=True) == places


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("the first one you said", [0]),
        ("the vase", [0]),
        ("just the towels", [1]),
        ("both", [0, 1]),
        ("everything please", [0, 1]),
        ("the former", [0]),
        ("the latter", [1]),
        ("the other one", [1]),
        ("not the first one", [1]),
        ("not the second, the other one", [0]),
    ],
)
def test_things_just_said_are_referred_to_by_any_word(said: str, places: list[int]) -> None:
    assert chosen(said, GOODS, asked=True, before=0) == places


def test_the_other_one_is_nobody_s_while_none_stood_before() -> None:
    assert chosen("the other one", GOODS, asked=True) == []
    assert chosen("the other one", TIMES, asked=True, before=0) == []


@pytest.mark.parametrize(
    ("said", "places"),
    [
        ("Wednesday", []),
        ("first, what is your policy?", []),
        ("everything is fine", []),
        ("what about the first one?", [0]),
        ("number two", [1]),
        ("where are they both?", [0, 1, 2]),
    ],
)
def test_unasked_only_a_place_chooses(said: str, places: list[int]) -> None:
    assert chosen(said, TIMES, asked=False) == places


@pytest.mark.parametrize(
    ("said", "place"),
    [
        (word, n)
        for n, several in enumerate(["first 1st", "second 2nd", "third 3rd", "fourth 4th", "fifth 5th"])
        for word in several.split()
    ],
)
def test_every_place_is_known_in_words_and_digits(said: str, place: int) -> None:
    assert chosen(f"the {said} one", list("abcdef"), asked=False) == [place]


def test_nothing_offered_is_nothing_chosen() -> None:
    for said in ("any", "the first one", "both", "the last"):
        assert chosen(said, [], asked=True) == []
