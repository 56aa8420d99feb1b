"""B17: every sum is said right, or said plainly as it stands; none raises, and none becomes another one."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tools.knowledge import speakable
from tools.money import CURRENCIES, SYMBOLS, money, sums_said


@pytest.mark.parametrize(
    ("cents", "currency", "words"),
    [
        (1250, "GBP", "twelve pounds fifty"),
        (1200, "GBP", "twelve pounds"),
        (100, "GBP", "one pound"),
        (1205, "GBP", "twelve pounds and five pence"),
        (101, "GBP", "one pound and one penny"),
        (50, "GBP", "fifty pence"),
        (1, "GBP", "one penny"),
        (0, "GBP", "zero pence"),
        (64_900, "GBP", "six hundred and forty-nine pounds"),
        (395, "GBP", "three pounds ninety-five"),
        (1250, "EUR", "twelve euros fifty"),
        (1250, "gbp", "twelve pounds fifty"),
        (-1500, "GBP", "minus fifteen pounds"),
        (-5, "EUR", "minus five cents"),
        (1250, "USD", "twelve dollars fifty"),
        (101, "USD", "one dollar and one cent"),
        (1205, "CAD", "twelve Canadian dollars and five cents"),
        (250, "SEK", "two Swedish kronor fifty"),
        (1250, "JPY", "one thousand two hundred and fifty yen"),
        (0, "JPY", "zero yen"),
        (1_250, "KWD", "one Kuwaiti dinar and two hundred and fifty fils"),
        (123_000_789_00, "GBP", "one hundred and twenty-three million seven hundred and eighty-nine pounds"),
        (1250, "XAU", "twelve point five zero X A U"),
        (-1250, "XAU", "minus twelve point five zero X A U"),
        (1250, "", "twelve point five zero"),
    ],
)
def test_an_amount_is_said_in_words(cents: int, currency: str, words: str) -> None:
    assert money(cents, currency) == words


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("£5", "five pounds"),
        ("£1,250", "one thousand two hundred and fifty pounds"),
        ("£1,250.50", "one thousand two hundred and fifty pounds fifty"),
        ("£1,250,000", "one million two hundred and fifty thousand pounds"),
        ("£12.50.", "twelve pounds fifty."),
        ("£12.5", "twelve pounds fifty"),
        ("£12,50", "twelve pounds fifty"),
        ("£ 12", "twelve pounds"),
        ("£.50", "fifty pence"),
        ("£0.05", "five pence"),
        ("£0", "zero pence"),
        ("50p", "fifty pence"),
        ("5p each", "five pence each"),
        ("1080p", "1080p"),
        ("-£5", "minus five pounds"),
        ("£-5", "minus five pounds"),
        ("\N{MINUS SIGN}£5", "minus five pounds"),
        ("(-£15)", "(minus fifteen pounds)"),
        ("£5-£10", "five pounds to ten pounds"),
        ("£5\N{EN DASH}10", "five pounds to ten pounds"),
        ("£5 - £10", "five pounds to ten pounds"),
        ("£1.2m", "one point two million pounds"),
        ("£3k", "three thousand pounds"),
        ("£2 million", "two million pounds"),
        ("£5, £10 and £15", "five pounds, ten pounds and fifteen pounds"),
        ("$5", "five dollars"),
        ("$1,250.99", "one thousand two hundred and fifty dollars ninety-nine"),
        ("US$5", "five dollars"),
        ("$12 CAD", "twelve Canadian dollars"),
        ("A$12", "twelve Australian dollars"),
        ("€1.250,50", "one thousand two hundred and fifty euros fifty"),
        ("1.250,50 €", "one thousand two hundred and fifty euros fifty"),
        ("12,50 €", "twelve euros fifty"),
        ("€1\N{NARROW NO-BREAK SPACE}250", "one thousand two hundred and fifty euros"),
        ("€1 250", "one thousand two hundred and fifty euros"),
        ("CHF 1'250.50", "one thousand two hundred and fifty Swiss francs fifty"),
        ("12 EUR", "twelve euros"),
        ("GBP 12.50", "twelve pounds fifty"),
        ("¥1,250", "one thousand two hundred and fifty yen"),
        ("in 2024 £5", "in 2024 five pounds"),
        ("from£5", "fromfive pounds"),
        # what can be read in two ways is left as it stands
        ("£12.345", "twelve point three four five pounds"),
        ("€1.250", "one point two five zero euros"),
        ("£1,2500", "1,2500 pounds"),
        ("£1,250,50", "1,250,50 pounds"),
        ("£1.250.50", "1.250.50 pounds"),
        ("£1234567890123456", "1234567890123456 pounds"),
        # what is no sum
        ("£", "£"),
        ("£x", "£x"),
        ("$HOME", "$HOME"),
        ("EURO 2024", "EURO 2024"),
        ("12", "12"),
    ],
)
def test_a_sum_in_a_text_is_said_as_it_was_meant(written: str, said: str) -> None:
    assert sums_said(written) == said


def test_a_document_is_read_out_with_its_sums() -> None:
    assert speakable("## Vouchers\n\n- **£1,250** at most\n- -£5 each") == (
        "Vouchers one thousand two hundred and fifty pounds at most minus five pounds each"
    )


@given(st.integers(), st.one_of(st.sampled_from(sorted(CURRENCIES)), st.text(alphabet="ABCxyz", max_size=4)))
def test_no_amount_raises(cents: int, currency: str) -> None:
    said = money(cents, currency)

    assert said.startswith("minus ") == (cents < 0)
    assert not re.search(r"\d", said)


PIECES = [*"0123456789.,- '\u00a0pkmbn", *SYMBOLS, "GBP", "million", "\N{ARABIC-INDIC DIGIT THREE}"]


@given(st.lists(st.sampled_from(PIECES), max_size=30).map("".join))
def test_something_is_said_of_every_text(text: str) -> None:
    assert bool(sums_said(text).strip()) == bool(text.strip())


@given(st.integers(0, 10**9), st.sampled_from(["£", "$", "€"]))
def test_a_sum_written_with_commas_is_said_like_its_cents(cents: int, mark: str) -> None:
    assert sums_said(f"{mark}{cents // 100:,}.{cents % 100:02}") == money(cents, SYMBOLS[mark])
