import pytest

from tools import hearing

UNDERSTOOD = [
    ("07700 900123", "+447700900123"),
    ("07700900123", "+447700900123"),
    ("07700-900-123", "+447700900123"),
    ("07700.900.123", "+447700900123"),
    ("07700, 900123", "+447700900123"),
    ("o7700 9oo123", "+447700900123"),
    ("+44 7700 900123", "+447700900123"),
    ("+44 (0)7700 900123", "+447700900123"),
    ("+44 (0) 7700 900 123", "+447700900123"),
    ("+4407700900123", "+447700900123"),
    ("+44, 7700, 900 123", "+447700900123"),
    ("0044 7700 900 123", "+447700900123"),
    ("00 44 (0)7700 900123", "+447700900123"),
    ("447700900123", "+447700900123"),
    ("7700 900123", "+447700900123"),
    ("tel:+447700900123", "+447700900123"),
    ("sip:+447700900123@10.0.0.1", "+447700900123"),
    ("plus four four seven seven double oh nine double oh one two three", "+447700900123"),
    ("zero zero four four, seven seven double oh, nine double oh, one two three", "+447700900123"),
    ("oh seven seven double oh, nine double oh, one two three", "+447700900123"),
    ("Oh. Seven. Seven. Oh. Oh. Nine. Oh. Oh. One. Two. Three.", "+447700900123"),
    ("oh double seven double oh nine hundred one two three", "+447700900123"),
    ("oh seven seven hundred nine hundred one two three", "+447700900123"),
    ("oh seven seven double oh nine hundred thousand and one two three", "+447700900123"),
    ("oh seven seven double oh, nine hundred thousand one hundred and twenty-three", "+447700900123"),
    ("oh double seven, double oh, nine oh oh, um, twelve three", "+447700900123"),
    ("it's oh seven seven oh oh, nine oh oh, one two three, thanks", "+447700900123"),
    ("call me after 5 on 07700 900123", "+447700900123"),
    ("order 10042, and my number is 07700 900123", "+447700900123"),
    ("07700 900123, 07700 900123", "+447700900123"),
    ("not 07700 900124 but 07700 900123", "+447700900123"),
    ("٠٧٧٠٠٩٠٠١٢٣", "+447700900123"),
    ("(020) 7946 0958", "+442079460958"),
    ("020 7946 0958 extension 12", "+442079460958"),
    ("0800 11 11", "+448001111"),
    ("+353 1 555 0123", "+35315550123"),
    ("+353 (0)1 555 0123", "+35315550123"),
    ("35315550123", "+35315550123"),
    ("plus one two oh two five five five oh one two three", "+12025550123"),
    ("+1, 202 555 0123", "+12025550123"),
    ("+33 1.23.45.67.89", "+33123456789"),
    ("+33 1.11.22.33.44", "+33111223344"),
    ("0049 (0)30 123456", "+4930123456"),
    ("+39 06 698 12345", "+390669812345"),
]
ASKED_AGAIN = [
    "",
    "anonymous",
    "unknown",
    "12345",
    "07700",
    "10042",
    "999",
    "112",
    "0000000000",
    "0770090012",
    "077009001234",
    "07700 900123 0",
    "oh seven seven double oh nine hundred",
    "07700 900123 or 07700 900124",
    "07700 900123, 07700 900124",
    "07700 900123 07700 900124",
    "07700 900123, sorry, 124",
    "not 07700 900123",
    "+44",
    "+",
    "plus",
    "+44 12",
    "+44 2079 thousand 460 958",
    "+four900123",
    "+49 0123",
    "+999 999 999 999",
    "1004210043",
    "3/11/2026",
    "1" * 30,
    "0" * 999,
    "07700 900123" + "." * 1000,
]


@pytest.mark.parametrize(("said", "number"), UNDERSTOOD)
def test_a_phone_number_is_understood_however_it_is_said(said: str, number: str) -> None:
    assert hearing.phone(said) == number


@pytest.mark.parametrize("said", ASKED_AGAIN, ids=lambda said: said[:40])
def test_what_is_no_phone_number_or_could_be_two_is_not_guessed(said: str) -> None:
    assert hearing.phone(said) is None
