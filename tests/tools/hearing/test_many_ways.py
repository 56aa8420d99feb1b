"""What is said in any of the usual ways, with the usual words around it, is understood as what it is."""

from collections.abc import Callable
from itertools import groupby

from hypothesis import given, settings
from hypothesis import strategies as st

from shop.samples import CITIES, INWARD_LETTERS
from tools import hearing
from tools.speech import cardinal

DIGITS = hearing.UNITS
TIMES = {2: "double", 3: "triple"}
ALPHABET = """
    alpha bravo charlie delta echo foxtrot golf hotel india juliet kilo lima mike november oscar papa quebec romeo
    sierra tango uniform victor whiskey xray yankee zulu
"""
EXAMPLES = """
    apple butter carrot dinner egg flower garden honey ice jam kitchen lemon milk nut orange pepper queen rabbit sugar
    tomato umbrella vinegar water xylophone yellow zebra
"""
SIGNS = str.maketrans({".": " dot ", "_": " underscore ", "-": " dash ", "@": " at "})
BEFORE = st.sampled_from(["", "it's ", "erm, ", "yes, one moment, ", "sure, that would be ", "well, it is "])
AFTER = st.sampled_from(["", ".", " please", ", thanks", ", I think", " from the 3rd of November"])


def by_digit(digits: object) -> str:
    return " ".join(DIGITS[int(digit)] for digit in str(digits))


def with_pauses(digits: object) -> str:
    return ", ".join(DIGITS[int(digit)] for digit in str(digits))


def with_doubles(digits: object) -> str:
    """ "one double oh four two"."""
    said = []
    for digit, same in groupby(str(digits)):
        name, count = "oh" if digit == "0" else DIGITS[int(digit)], len(list(same))
        said.append(f"{TIMES[count]} {name}" if count in TIMES else " ".join([name] * count))
    return " ".join(said)


def spelled(code: str) -> str:
    return " ".join(DIGITS[int(symbol)] if symbol.isdecimal() else symbol for symbol in code if symbol != " ")


def in_nato(code: str) -> str:
    return spelled(code).translate({ord(name[0].upper()): name for name in ALPHABET.split()})


def with_examples(code: str) -> str:
    return spelled(code).translate({ord(name[0].upper()): f"{name[0].upper()} for {name}" for name in EXAMPLES.split()})


def with_double_u(code: str) -> str:
    return spelled(code).replace("W", "double u")


def in_words(address: str) -> str:
    return address.translate(SIGNS)


WAYS_OF_A_NUMBER = [str, "{:,}".format, cardinal, by_digit, with_pauses, with_doubles]
order_numbers = st.integers(10001, 99999)
postcodes = st.builds(
    "{} {}{}{}".format,
    st.sampled_from([outward for _, outward in CITIES] + ["SW1A", "M1", "W1A", "EC1A", "WC2N", "N1C"]),
    st.integers(0, 9),
    st.sampled_from(INWARD_LETTERS),
    st.sampled_from(INWARD_LETTERS),
)
names = st.sampled_from(["amelia", "hart", "okafor", "priya", "smith", "j", "oscar"])
addresses = st.builds(
    lambda parts, joint, host: f"{joint.join(parts)}@{host}",
    st.lists(names, min_size=1, max_size=3),
    st.sampled_from("._-"),
    st.sampled_from(["example.com", "mail.example.co.uk", "my-shop.org"]),
)


@settings(deadline=None)
@given(
    order_numbers, st.sampled_from([str, "{:,}".format, cardinal, by_digit, with_pauses, with_doubles]), BEFORE, AFTER
)
def test_an_order_number(number: int, way: Callable[[int], str], before: str, after: str) -> None:
    assert hearing.order_number(f"{before}{way(number)}{after}") == number


@settings(deadline=None)
@given(postcodes, st.sampled_from([str, str.lower, spelled, in_nato, with_examples, with_double_u]), BEFORE, AFTER)
def test_a_postcode(code: str, way: Callable[[str], str], before: str, after: str) -> None:
    assert hearing.postcode(f"{before}{way(code)}{after}") == code.replace(" ", "")


@settings(deadline=None)
@given(st.integers(0, 999), st.sampled_from([str, by_digit, with_pauses, with_doubles]), BEFORE, AFTER)
def test_a_phone_number(last: int, way: Callable[[str], str], before: str, after: str) -> None:
    assert hearing.phone(f"{before}{way(f'07700900{last:03}')}{after}") == f"+447700900{last:03}"


@settings(deadline=None)
@given(addresses, st.sampled_from([str, str.upper, in_words]), BEFORE, AFTER)
def test_an_address(address: str, way: Callable[[str], str], before: str, after: str) -> None:
    assert hearing.email(f"{before}{way(address)}{after}") == address
