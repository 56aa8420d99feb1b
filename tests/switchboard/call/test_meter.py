"""What a call takes of its services stands in the ledger: all of it, by kind, and for whom."""

import asyncio
from collections import Counter
from pathlib import Path
from typing import Any

import pytest
from livekit.agents.metrics import TTSMetrics

from simulator.usage import Usage
from switchboard.call.meter import Meter, answer_units, transcription_units
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import AgentSpoke, CallerSpoke, Ended, Event, HandoffDone, Unit, Used, Work
from tests.stage.stage import STUDIO_VOICE, Stage, staged

DEAR = """
[[price]]
model = "{model}"
currency = "EUR"
source = "a contract"
read = 2026-11-27

[price.per_million]
text_in = 1000
text_in_cached = 1000
text_out = 1000
"""

SPOKEN = TTSMetrics(
    label="a voice", request_id="1", timestamp=0, ttfb=0, duration=0, audio_duration=1, cancelled=False,
    characters_count=9, streamed=True,
)  # fmt: skip


def taken(stage: Stage, work: Work) -> Counter[Unit]:
    units: Counter[Unit] = Counter()
    for used in stage.of(Used):
        if used.work == work:
            units.update(used.units)
    return units


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch) -> list[dict[str, Any]]:
    """What the simulator has counted for each answer that it sent."""
    counts: list[dict[str, Any]] = []
    count = Usage.count

    def noted(self: Usage, *about: Any) -> dict[str, Any]:
        counts.append(count(self, *about))
        return counts[-1]

    monkeypatch.setattr(Usage, "count", noted)
    return counts


@pytest.mark.parametrize("preview", [False, True], ids=["ga", "preview"])
async def test_the_sum_over_a_call_is_what_the_service_has_counted(
    database_url: str, counted: list[dict[str, Any]], preview: bool
) -> None:
    async with staged(database_url, preview=preview) as stage:
        stage.speak("to desk")
        await stage.until(lambda: len(stage.of(HandoffDone)) == 1 and len(stage.of(AgentSpoke)) == 2)
        stage.speak("to studio: goodbye")
        await stage.until(lambda: any(spoke.agent == "studio" for spoke in stage.of(AgentSpoke)))
        await stage.conversation.session.wait_for_idle()
        spoken = stage.simulator.cartesia.spoken_by(STUDIO_VOICE.id)

        answers = taken(stage, "answer")
        sums = Counter[str]()
        for each in counted:
            given, made = each["input_token_details"], each["output_token_details"]
            for kind in ("text", "audio"):
                sums[f"{kind}_in_cached"] += given["cached_tokens_details"][f"{kind}_tokens"]
                sums[f"{kind}_in"] += given[f"{kind}_tokens"] - given["cached_tokens_details"][f"{kind}_tokens"]
                sums[f"{kind}_out"] += made[f"{kind}_tokens"]
        assert answers == Counter({unit: amount for unit, amount in sums.items() if amount})
        assert answers["audio_out"]
        assert taken(stage, "speech")["characters"] == sum(len(text.strip()) for text in spoken) > 0
        heard = taken(stage, "transcription")
        assert heard["audio_in"] > 0
        assert len(stage.of(CallerSpoke)) == 2


async def test_an_answer_is_whose_it_was_when_it_began(database_url: str) -> None:
    async with staged(database_url, typed=True) as stage:
        stage.conversation.session.generate_reply(user_input="to desk")
        await stage.until(lambda: any(spoke.agent == "desk" for spoke in stage.of(AgentSpoke)))
        await stage.conversation.session.wait_for_idle()

        assert [used.agent for used in stage.of(Used)] == ["reception", "reception", "desk"]
        assert len({used.model for used in stage.of(Used)}) == 1
        assert stage.of(Used)[0].model


@pytest.mark.parametrize(
    ("usage", "units"),
    [
        ({}, {}),
        (
            {"input_token_details": {"text_tokens": 9, "cached_tokens": 4}, "output_token_details": None},
            {"text_in": 5, "text_in_cached": 4},
        ),
        (
            {
                "input_token_details": {
                    "text_tokens": 10,
                    "audio_tokens": 20,
                    "image_tokens": 5,
                    "cached_tokens_details": {"text_tokens": 1, "audio_tokens": 2, "image_tokens": 3},
                },
                "output_token_details": {"text_tokens": 6, "audio_tokens": 7},
            },
            {
                "text_in": 9, "text_in_cached": 1, "audio_in": 18, "audio_in_cached": 2, "image_in": 2,
                "image_in_cached": 3, "text_out": 6, "audio_out": 7,
            },
        ),
    ],
)  # fmt: skip
def test_the_tokens_of_an_answer_are_told_by_kind(usage: dict[str, Any], units: dict[str, float]) -> None:
    assert {unit: amount for unit, amount in answer_units(usage).items() if amount} == units


@pytest.mark.parametrize(
    ("usage", "units"),
    [
        ({}, {}),
        ({"type": "duration", "seconds": 3.5}, {"seconds": 3.5}),
        ({"type": "tokens", "input_tokens": 30, "output_tokens": 8}, {"audio_in": 30, "text_out": 8}),
        (
            {"type": "tokens", "input_token_details": {"audio_tokens": 20, "text_tokens": 4}, "output_tokens": 8},
            {"audio_in": 20, "text_in": 4, "text_out": 8},
        ),
    ],
)
def test_what_a_transcription_took_is_tokens_or_seconds(usage: dict[str, Any], units: dict[str, float]) -> None:
    assert {unit: amount for unit, amount in transcription_units(usage).items() if amount} == units


async def test_a_call_that_has_cost_what_it_may_ends_with_a_goodbye(database_url: str, tmp_path: Path) -> None:
    async with staged(database_url, typed=True) as stage:
        model = stage.of(Used)[0].model
    file = tmp_path / "prices.toml"
    file.write_text(DEAR.format(model=model))
    async with staged(database_url, typed=True, PRICES_FILE=str(file), CALL_MAX_COST="0.01") as stage:
        await asyncio.wait_for(stage.conversation.ending.over.wait(), 20)

        assert [ended.reason for ended in stage.of(Ended)] == ["maximum_cost"]
        assert len(stage.of(AgentSpoke)) == 2


async def test_a_model_without_a_price_never_reaches_the_cap(database_url: str, tmp_path: Path) -> None:
    file = tmp_path / "prices.toml"
    file.write_text(DEAR.format(model="another"))
    async with staged(database_url, typed=True, PRICES_FILE=str(file), CALL_MAX_COST="0.0001") as stage:
        stage.conversation.session.generate_reply(user_input="hello")
        await stage.until(lambda: len(stage.of(AgentSpoke)) == 2)
        await stage.conversation.session.wait_for_idle()

        assert not stage.conversation.ending.begun


async def test_what_is_taken_before_it_is_a_call_is_written_when_it_is_one(database: Database) -> None:
    written: list[Event] = []
    async with Ledger(database, "call_1", "stage", listeners=(written.append,)) as ledger:
        meter = Meter(ledger, lambda: "greeter", held=True)
        meter.spoke(SPOKEN)
        assert written == []
        meter.release()
        meter.spoke(SPOKEN)

    assert [event.kind for event in written] == ["used", "used"]
