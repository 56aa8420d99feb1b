"""`main.py check` with services that refuse: it tells what they said, and which setting mends it."""

from collections.abc import Mapping, Sequence

import pytest

from app.check import check_all
from app.lines import LINES
from app.simulator import simulator_settings
from simulator.options import Options
from simulator.server import Simulator
from switchboard.settings.environment import load_settings
from tests.simulator.minds import Given

KEYS = {"AZURE_OPENAI_API_KEY": "right", "CARTESIA_API_KEY": "right", "AZURE_OPENAI_TTS_DEPLOYMENT": "speech"}
REFUSED: Mapping[str, tuple[Mapping[str, str], Sequence[str]]] = {
    "a wrong key of Azure's": (
        KEYS | {"AZURE_OPENAI_API_KEY": "wrong"},
        [
            "realtime model at 127.0.0.1: 401: the key or the token is not accepted; set AZURE_OPENAI_API_KEY",
            "voice by Azure: 401: the key or the token is not accepted; set AZURE_OPENAI_API_KEY",
        ],
    ),
    "a wrong key of Cartesia's": (
        KEYS | {"CARTESIA_API_KEY": "wrong"},
        ["voice by Cartesia: 401: the key or the token is not accepted; set CARTESIA_API_KEY"],
    ),
    "no such deployment": (
        KEYS | {"AZURE_OPENAI_DEPLOYMENT": "none", "AZURE_OPENAI_TTS_DEPLOYMENT": "none"},
        [
            "realtime model at 127.0.0.1: 404: there is nothing of that name; set AZURE_OPENAI_DEPLOYMENT to",
            "voice by Azure: 404: there is nothing of that name; set AZURE_OPENAI_TTS_DEPLOYMENT to",
        ],
    ),
    "a transcription deployment that there is not": (
        KEYS | {"AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT": "none"},
        ["transcription by none: it writes nothing down; set AZURE_OPENAI_TRANSCRIPTION_DEPLOYMENT"],
    ),
    "a model that Cartesia has not": (
        KEYS | {"CARTESIA_MODEL": "sonic-old"},
        ["voice by Cartesia: it refuses what it is asked for; look at CARTESIA_MODEL"],
    ),
    "nobody at Cartesia's address": (
        KEYS | {"CARTESIA_BASE_URL": "http://127.0.0.1:9"},
        ["voice by Cartesia: no connection (APIConnectionError); look at the address and at the network"],
    ),
    "all well": (KEYS, []),
}
OPTIONS = Options(
    api_key="right",
    cartesia_key="right",
    deployments=frozenset({"gpt-realtime-2.1", "speech"}),
    transcription_deployments=frozenset({"gpt-4o-mini-transcribe-2025-12-15"}),
    cartesia_sunset=frozenset({"sonic-old"}),
)


async def problems(url: str, values: Mapping[str, str]) -> Sequence[str]:
    """What check says is wrong with the services."""
    said: list[str] = []
    chosen = load_settings(None, {**simulator_settings(url), **values})
    await check_all(chosen, tuple(LINES.values()), said.append)
    port = url.rpartition(":")[2]
    wrong = [line.removeprefix("problem  ").replace(f":{port}", "") for line in said if line.startswith("problem")]
    return [line for line in wrong if not line.startswith("database")]


@pytest.mark.parametrize("wrong", REFUSED)
async def test_what_a_service_refuses_is_told_with_what_it_said_and_the_setting_that_mends_it(wrong: str) -> None:
    values, expected = REFUSED[wrong]
    async with Simulator(Given(), OPTIONS) as simulator:
        told = await problems(simulator.url, values)

    assert len(told) == len(expected), told
    for line, beginning in zip(told, expected, strict=True):
        assert line.startswith(beginning)
        assert "wrong" not in line
