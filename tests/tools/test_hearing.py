import pytest

from tools import hearing


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("10042", 10042),
        ("1 0 0 4 2", 10042),
        ("1-0-0-4-2", 10042),
        ("10,042", 10042),
        ("#10042.", 10042),
        ("order number 10042 please", 10042),
        ("one zero zero four two", 10042),
        ("one oh oh four two", 10042),
        ("one double oh four two", 10042),
        ("one triple zero one", 10001),
        ("ten oh forty two", 10042),
        ("ten thousand and forty-two", 10042),
        ("ten thousand forty two", 10042),
        ("10 thousand and 42", 10042),
        ("ten thousand one hundred and forty-one", 10141),
        ("ten one forty one", 10141),
        ("ten one hundred", 10100),
        ("", None),
        ("I don't know it", None),
        ("the blue one", None),
        ("07700900123456", None),
    ],
)
def test_an_order_number_is_understood_however_it_is_said(said: str, number: int | None) -> None:
    assert hearing.order_number(said) == number


@pytest.mark.parametrize(
    ("said", "code"),
    [
        ("SW1A 2AA", "SW1A2AA"),
        ("sw1a2aa", "SW1A2AA"),
        ("S W 1 A, 2 A A", "SW1A2AA"),
        ("S-W-1-A 2-A-A", "SW1A2AA"),
        ("it's SW one A two double A", "SW1A2AA"),
        ("sierra whiskey one alpha two alpha alpha", "SW1A2AA"),
        ("my postcode is M1 4BT.", "M14BT"),
        ("", ""),
        ("my postcode", ""),
    ],
)
def test_a_postcode_is_understood_however_it_is_said(said: str, code: str) -> None:
    assert hearing.postcode(said) == code


@pytest.mark.parametrize(
    ("said", "address"),
    [
        ("amelia.hart@example.com", "amelia.hart@example.com"),
        ("Amelia.Hart@Example.com.", "amelia.hart@example.com"),
        ("amelia dot hart at example dot com", "amelia.hart@example.com"),
        ("Amelia dot Hart at example dot co dot uk", "amelia.hart@example.co.uk"),
        ("amelia . hart @ example . com", "amelia.hart@example.com"),
        ("amelia underscore hart dash smith at example dot com", "amelia_hart-smith@example.com"),
        ("dot cotton at example dot com", "dotcotton@example.com"),
        ("amelia", None),
        ("", None),
        ("at example dot com", None),
    ],
)
def test_an_email_address_is_understood_however_it_is_said(said: str, address: str | None) -> None:
    assert hearing.email(said) == address


@pytest.mark.parametrize(
    ("said", "number"),
    [
        ("07700 900123", "+447700900123"),
        ("+44 7700 900123", "+447700900123"),
        ("plus four four seven seven double oh nine double oh one two three", "+447700900123"),
        ("0044 7700 900 123", "+447700900123"),
        ("+353 1 555 0123", "+35315550123"),
        ("oh seven seven double oh, nine double oh, one two three", "+447700900123"),
        ("12345", None),
        ("anonymous", None),
        ("", None),
    ],
)
def test_a_phone_number_is_understood_however_it_is_said(said: str, number: str | None) -> None:
    assert hearing.phone(said) == number
