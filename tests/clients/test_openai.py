"""The `openai` packages of PyPI and npm, in both dialects."""

from pathlib import Path
from typing import Any

import pytest

from simulator.mind import CallTool
from simulator.options import Options
from simulator.server import Simulator
from tests.clients.conftest import Secured
from tests.clients.foreign import NPM, PYTHON, run
from tests.simulator.minds import Given

pytestmark = pytest.mark.usefixtures("foreign_clients")
LONG = "It is on its way to you, and it should be there tomorrow before noon, if all goes well with the lorry."


def a_mind() -> Given:
    call = CallTool("find_order", {"order_number": "10042"})
    return Given([call], "It was shipped.", LONG, hears=["Hello?", "Stop."])


def check(told: dict[str, Any], refused: int | str) -> None:
    """All of it went as it does with the service."""
    assert told == {
        "tools": ["find_order"],
        "asked": ["find_order", {"order_number": "10042"}],
        "text": "It was shipped.",
        "heard": "Hello?",
        "seconds": pytest.approx(0.1),
        "interrupted": ["cancelled", "turn_detected"],
        "truncated": 50,
        "error": ["invalid_request_error", "item_truncate_invalid_item_id"],
        "refused": refused,
    }


@pytest.mark.parametrize(("dialect", "refused"), [("ga", "invalid_api_key"), ("preview", 401)])
async def test_pypis_holds_a_call_in_text_and_sound_with_a_tool_an_interruption_and_errors(
    dialect: str, refused: int | str, sentence: Path
) -> None:
    mind = a_mind()
    async with Simulator(mind, Options(api_key="the-key", pace=1.0)) as simulator:
        told = await run(PYTHON / "openai_call.py", simulator.url, dialect, str(sentence))

    check(told, refused)
    assert [item.output for item in mind.requests[1].items if item.type == "function_call_output"] == [
        "It was shipped."
    ]


REFUSED = "Unexpected server response: 401"


@pytest.mark.parametrize(("dialect", "refused"), [("ga", "invalid_api_key"), ("azure", REFUSED), ("preview", REFUSED)])
async def test_npms_holds_a_call_in_text_and_sound_with_a_tool_an_interruption_and_errors(
    dialect: str, refused: str, sentence: Path, secured: Secured
) -> None:
    async with (
        Simulator(a_mind(), Options(api_key="the-key", pace=1.0)) as simulator,
        secured(simulator) as (url, environ),
    ):
        told = await run(NPM / "openai_call.mjs", url, dialect, str(sentence), **environ)

    check(told, refused)
