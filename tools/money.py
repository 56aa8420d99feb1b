"""Money as people say it on the phone: "twelve pounds fifty", from cents or from what stands in a text."""

import re
from collections.abc import Mapping
from dataclasses import dataclass

from tools.speech import cardinal, digit_by_digit


@dataclass(frozen=True)
class Currency:
    """What one and many of it are called, and of its hundredth parts; some have none, or thousandths."""

    one: str
    many: str
    small_one: str = "cent"
    small_many: str = "cents"
    places: int = 2


CURRENCIES: Mapping[str, Currency] = {
    "GBP": Currency("pound", "pounds", "penny", "pence"),
    "EUR": Currency("euro", "euros"),
    "USD": Currency("dollar", "dollars"),
    "CAD": Currency("Canadian dollar", "Canadian dollars"),
    "AUD": Currency("Australian dollar", "Australian dollars"),
    "NZD": Currency("New Zealand dollar", "New Zealand dollars"),
    "HKD": Currency("Hong Kong dollar", "Hong Kong dollars"),
    "SGD": Currency("Singapore dollar", "Singapore dollars"),
    "CHF": Currency("Swiss franc", "Swiss francs", "centime", "centimes"),
    "SEK": Currency("Swedish krona", "Swedish kronor", "öre", "öre"),
    "NOK": Currency("Norwegian krone", "Norwegian kroner", "øre", "øre"),
    "DKK": Currency("Danish krone", "Danish kroner", "øre", "øre"),
    "PLN": Currency("zloty", "zlotys", "grosz", "groszy"),
    "CZK": Currency("Czech crown", "Czech crowns", "heller", "hellers"),
    "INR": Currency("rupee", "rupees", "paisa", "paise"),
    "JPY": Currency("yen", "yen", places=0),
    "KWD": Currency("Kuwaiti dinar", "Kuwaiti dinars", "fils", "fils", places=3),
}
SYMBOLS: Mapping[str, str] = {
    **{"US$": "USD", "CA$": "CAD", "C$": "CAD", "AU$": "AUD", "A$": "AUD", "NZ$": "NZD", "HK$": "HKD", "S$": "SGD"},
    **{"£": "GBP", "€": "EUR", "$": "USD", "¥": "JPY", "₹": "INR", "zł": "PLN"},
}
SCALES: Mapping[str, str] = {"k": "thousand", "m": "million", "bn": "billion"}

_MARK = "|".join((*map(re.escape, SYMBOLS), *(rf"(?<!\w){code}" for code in CURRENCIES)))
_AMOUNT = r"(?:\d+(?:[.,'\u2019]\d+|[ \u00a0\u202f]\d{3}(?!\d))*|\.\d+)"
_SCALE = r"(?:\s?(?P<scale>thousand|million|billion|k|m|bn)\b)?"
_FIRST = (
    rf"(?P<mark>{_MARK})\s?(?P<late>[-\u2212])?(?P<amount>{_AMOUNT}){_SCALE}(?:\s(?P<code>{'|'.join(CURRENCIES)})\b)?"
)
_THEN = rf"(?<![\w.,'\u2019])(?P<amount_first>{_AMOUNT})\s?(?P<mark_then>{_MARK})(?!\w|\s?[.,]?\d)"
_PENCE = r"(?<![\w.,'\u2019])(?P<pence>\d{1,2})p\b"
_SUM = re.compile(rf"(?P<minus>(?<![^\s(])[-\u2212])?(?:{_FIRST}|{_THEN}|{_PENCE})")
_RANGE = re.compile(rf"(?P<mark>{_MARK})(?P<amount>\s?{_AMOUNT})\s?[-\u2013\u2014]\s?(?P<next>{_MARK})?(?=\s?\d)")
_WHOLE = r"(?P<whole>\d{1,3}(?:(?P<gap>[,.'\u2019 \u00a0\u202f])\d{3})(?:(?P=gap)\d{3})*|\d*)"
_WRITTEN = re.compile(rf"{_WHOLE}(?:(?P<point>[.,])(?P<part>\d+))?")
_LONGEST = 15


def money(cents: int, currency: str) -> str:
    """Integer cents as "twelve pounds fifty", "five pence", "minus one pound"; an unknown currency by its letters.

    Of a currency without hundredths, or with thousandths, they are its smallest unit.
    """
    if cents < 0:
        return f"minus {money(-cents, currency)}"
    known = CURRENCIES.get(currency.upper())
    if known is None:
        whole, part = divmod(cents, 100)
        return f"{_decimal(whole, f'{part:02}')} {' '.join(currency.upper())}".rstrip()
    whole, part = divmod(cents, 10**known.places)
    main = f"{cardinal(whole)} {known.one if whole == 1 else known.many}"
    parts = f"{cardinal(part)} {known.small_one if part == 1 else known.small_many}"
    if not part and (whole or not known.places):
        return main
    if not whole:
        return parts
    # "Twelve pounds five" could be twelve pounds fifty, half heard.
    return f"{main} {cardinal(part)}" if part >= 10 and known.places == 2 else f"{main} and {parts}"


def sums_said(text: str) -> str:
    """`text` with its sums of money in words; one whose figures can be read in two ways keeps them as they are."""
    text = _RANGE.sub(lambda m: f"{m['mark']}{m['amount']} to {m['next'] or m['mark']}", text)
    return _SUM.sub(_said, text)


def _said(found: re.Match[str]) -> str:
    minus = "minus " if found["minus"] or found["late"] else ""
    if found["pence"]:
        return minus + money(int(found["pence"]), "GBP")
    mark = found["mark"] or found["mark_then"]
    code = found["code"] or SYMBOLS.get(mark, mark)
    return minus + _amount(found["amount"] or found["amount_first"], found["scale"], code)


def _amount(written: str, scale: str | None, code: str) -> str:
    known = CURRENCIES[code]
    read = _read(written)
    if read is None:
        return f"{written} {known.many}"
    whole, part = read
    if scale:
        return f"{_decimal(whole, part)} {SCALES.get(scale, scale)} {known.many}"
    if len(part) > known.places:
        return f"{_decimal(whole, part)} {known.many}"
    return money(whole * 10**known.places + int(part.ljust(known.places, "0") or 0), code)


def _read(written: str) -> tuple[int, str] | None:
    """What stands before the point and behind it; None where that is not plain."""
    found = _WRITTEN.fullmatch(written)
    if not found or len(written) > _LONGEST or (found["point"] and found["point"] == found["gap"]):
        return None
    whole, gap, part = found["whole"], found["gap"], found["part"] or ""
    if gap == "." and not found["point"] and whole.count(".") == 1:  # "1.250" is no thousand in English
        whole, part = whole.split(".")
    if found["point"] == "," and len(part) > 2:
        return None
    return int(re.sub(r"\D", "", whole) or 0), part


def _decimal(whole: int, part: str) -> str:
    """ "one point two five"."""
    return f"{cardinal(whole)} point {digit_by_digit(part)}" if part else cardinal(whole)
