"""Phone numbers, as they are said: "oh double seven double oh nine hundred one two three", "+44 (0)7700 900123"."""

import re

import phonenumbers
from phonenumbers import NumberParseException, PhoneNumber, PhoneNumberFormat, ValidationResult

from tools.hearing.runs import Run, number_in, spelled

HOME = "GB"
HOME_NUMBER = re.compile(r"(?:0|(?:\+|00)?440?)[1-9]\d{9}|7\d{9}")
"""British, with all its digits. The few shorter ones are taken where they exist: else they have lost a digit."""

SHORTEST = 7
"""Digits with the country's: the shortest that are in use, as Niue's. Some countries plan for shorter ones."""


def phone(text: str) -> str | None:
    """A number as the network writes it, British unless it says otherwise: "+447700900123".

    None without a whole one, and where several could be meant.
    """
    return number_in(text, _numbers)


def _numbers(run: Run) -> set[str]:
    together = _shaped(run.whole)
    alone = [_shaped(part) for part in run.parts]
    return together or (set().union(*alone) if all(alone) else set())


def _shaped(words: list[str]) -> set[str]:
    numbers = (_number(digits) for digits in spelled(words))
    written = (phonenumbers.format_number(number, PhoneNumberFormat.E164) for number in numbers if number)
    return {number for number in written if len(number) > SHORTEST}


def _number(digits: str) -> PhoneNumber | None:
    number = _parsed(digits)
    if number and _is_whole(number, digits):
        return number
    # Somebody from abroad may leave out the plus.
    foreign = None if digits.startswith(("0", "+")) else _parsed(f"+{digits}")
    return foreign if foreign and phonenumbers.is_valid_number(foreign) else None


def _parsed(digits: str) -> PhoneNumber | None:
    try:
        return phonenumbers.parse(digits, HOME)
    except NumberParseException:
        return None


def _is_whole(number: PhoneNumber, digits: str) -> bool:
    """Whether it can be called. It need not be known to be in use: new ones come, and films have their own."""
    if phonenumbers.is_valid_number(number) or HOME_NUMBER.fullmatch(digits):
        return True
    possible = phonenumbers.is_possible_number_with_reason(number) == ValidationResult.IS_POSSIBLE
    return possible and phonenumbers.region_code_for_country_code(number.country_code or 0) != HOME
