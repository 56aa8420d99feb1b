"""What may be kept of a tool's arguments."""

from typing import Any

import pytest
from livekit.agents import function_tool

from switchboard.call.arguments import Arguments, refusal
from switchboard.ledger.mask import MASK, Mask

PIN = "482193"


@function_tool
async def open_vault(pin: str, floor: int = 0) -> None:
    """Open the vault."""


DOOR = {"name": "open_door", "parameters": {"type": "object", "properties": {"pin": {}, "door": {}}}}


@function_tool(raw_schema=DOOR)
async def open_door(raw_arguments: dict[str, object]) -> None:
    """Open a door."""


@function_tool
async def look(thing: str) -> None:
    """Look."""


def kept(text: str, tool: Any = open_vault) -> tuple[dict[str, Any], str]:
    """What is kept of the arguments, and what the mask makes of the PIN after that."""
    mask = Mask()
    return Arguments({"pin", "card number"}, mask).kept(text, tool), mask.text(PIN)


@pytest.mark.parametrize("tool", [open_vault, open_door])
@pytest.mark.parametrize("value", [f'"{PIN}"', PIN, f"[{PIN}]", f'{{"digits": "{PIN}"}}', '["4","8","2","1","9","3"]'])
def test_a_secret_is_not_kept_whatever_its_type(value: str, tool: Any) -> None:
    assert kept(f'{{"pin": {value}}}', tool) == ({"pin": MASK}, MASK)


@pytest.mark.parametrize("name", ["PIN", "Pin", "p_in", "pin_code", "callerPin", "a pin", "cardNumber", "Card-Number"])
def test_a_secret_under_another_spelling_is_not_kept(name: str) -> None:
    assert kept(f'{{"{name}": "{PIN}"}}', None) == ({name: MASK}, MASK)


@pytest.mark.parametrize("name", ["spin", "pinned", "card", "number"])
def test_a_name_that_only_looks_like_a_secret_is_kept(name: str) -> None:
    assert kept(f'{{"{name}": "{PIN}"}}', None) == ({name: PIN}, PIN)


def test_a_secret_deep_inside_is_not_kept() -> None:
    given = f'{{"thing": {{"who": "Eve", "cards": [{{"pin": {PIN}}}]}}}}'

    assert kept(given, look) == ({"thing": {"who": "Eve", "cards": [{"pin": MASK}]}}, MASK)


@pytest.mark.parametrize("tool", [open_vault, open_door])
def test_an_argument_that_the_tool_does_not_have_is_not_kept_and_may_be_the_secret(tool: Any) -> None:
    assert kept(f'{{"pni": "{PIN}"}}', tool) == ({"pni": MASK}, MASK)


def test_of_a_tool_without_secrets_it_is_not_kept_either() -> None:
    assert kept('{"thing": "parcel", "note": "hello"}', look) == ({"thing": "parcel", "note": MASK}, PIN)


@pytest.mark.parametrize("given", [f'{{"pin": "{PIN}"', f'["{PIN}"]', f'"{PIN}"'])
def test_arguments_that_are_no_object_are_not_kept(given: str) -> None:
    assert kept(given) == ({"invalid": MASK}, MASK)


def test_what_is_no_json_at_all_is_not_kept() -> None:
    assert kept(f"pin={PIN}")[0] == {"invalid": MASK}


def test_no_arguments_are_kept_as_none() -> None:
    assert kept("") == ({}, PIN)


def test_a_refusal_tells_the_kind_of_mistake_and_not_the_arguments() -> None:
    told = "Error parsing arguments for `open_vault`: 1 validation error for X\npin\n  Input should be a valid string "
    told += f"[type=string_type, input_value={PIN}, input_type=int]"

    assert refusal(told) == "Error parsing arguments: string_type"
    assert refusal(f"Error parsing arguments for `open_vault`: expected dict: {PIN}") == (
        "Error parsing arguments: not understood"
    )
    assert refusal("It stays shut.") == "It stays shut."
