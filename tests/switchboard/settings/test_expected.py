"""What an error says a setting takes is what the setting takes."""

import re
import string
from typing import Literal, get_args, get_origin

import pytest
from pydantic import ValidationError
from pydantic.fields import FieldInfo

from switchboard.settings.expected import expected
from switchboard.settings.schema import SETTINGS, Setting, groups

FIELDS = {group.env(field).name: (group, field) for group in groups().values() for field in group.model_fields}
NUMBER = re.compile(
    r"(a|a whole) number(?: of (?P<unit>\w+))? (?P<from>from|above) (?P<low>[\d.]+)(?:,.*?| to) (?P<high>\d.*)"
)
LETTERS = re.compile(r"at most (?P<most>\d+) letters, digits and (?P<marks>.+)")


def takes(setting: Setting, value: str) -> bool:
    group, field = FIELDS[setting.name]
    try:
        group.model_validate({field: value})
    except ValidationError:
        return False
    return True


def that_say(pattern: re.Pattern[str]) -> list[tuple[Setting, re.Match[str]]]:
    return [(setting, said) for setting in SETTINGS if (said := pattern.fullmatch(setting.expected))]


@pytest.mark.parametrize(("setting", "said"), that_say(NUMBER), ids=lambda each: getattr(each, "name", ""))
def test_a_number_is_taken_within_the_limits_that_are_told_and_not_beyond(
    setting: Setting, said: re.Match[str]
) -> None:
    low, high, step = said["low"], said["high"], 1 if said[1] == "a whole" else 0.001

    assert takes(setting, low) == (said["from"] == "from")
    assert takes(setting, high)
    assert not takes(setting, f"{float(low) - step:g}")
    assert not takes(setting, f"{float(high) + step:.3f}" if step < 1 else str(int(high) + 1))
    assert takes(setting, f"{float(low) + 0.5}") == (said[1] == "a")


def test_a_number_that_measures_something_is_told_with_its_unit() -> None:
    units = {setting.name: said["unit"] for setting, said in that_say(NUMBER)}

    assert len(units) > 15
    assert units["VAD_SILENCE_MS"] == "milliseconds"
    assert units["REALTIME_MAX_SESSION_DURATION"] == units["CALL_SILENCE_SECONDS"] == "seconds"
    assert units["RESUME_MINUTES"] == "minutes"
    assert units["HTTP_RATE_LIMIT"] is None


@pytest.mark.parametrize(("setting", "said"), that_say(LETTERS), ids=lambda each: getattr(each, "name", ""))
def test_a_name_takes_the_characters_that_are_told_and_no_others(setting: Setting, said: re.Match[str]) -> None:
    marks = said["marks"].split()

    assert takes(setting, "a" * int(said["most"]))
    assert not takes(setting, "a" * (int(said["most"]) + 1))
    assert {mark for mark in string.punctuation + " " if takes(setting, f"a{mark}1")} == set(marks)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_an_example_in_the_sentence_is_taken(setting: Setting) -> None:
    examples = re.findall(r"such as ([^,]+?)(?:,| or |$)", setting.expected)

    assert all(takes(setting, example) for example in examples)


@pytest.mark.parametrize("setting", SETTINGS, ids=lambda each: each.name)
def test_a_choice_is_taken_word_by_word_and_told_in_the_help(setting: Setting) -> None:
    group, field = FIELDS[setting.name]
    annotation = group.model_fields[field].annotation
    literals = (annotation, *get_args(annotation))
    words = [word for each in literals if get_origin(each) is Literal for word in get_args(each)]

    assert not words or re.split(", | or ", setting.expected) == words
    assert all(takes(setting, word) and word in setting.help for word in words)


def test_a_type_that_does_not_tell_what_it_takes_is_refused() -> None:
    with pytest.raises(TypeError, match=r"^SHOP_NAME: "):
        expected("SHOP_NAME", FieldInfo.from_annotation(str))
