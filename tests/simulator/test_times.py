"""How long things take: fixed, or drawn by a seed."""

from __future__ import annotations

import random
import statistics
import time

import pytest

from simulator.options import Options
from simulator.server import Simulator
from simulator.times import Between, Percentiles, Time, drawn, session_dice, time_of
from tests.simulator.minds import Given
from tests.simulator.wire import Wire, connect

TEXT = {"output_modalities": ["text"]}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("0", 0.0),
        ("400", 0.4),
        ("1e3", 1.0),
        ("300..900", Between(0.3, 0.9)),
        ("400/900", Percentiles(0.4, 0.9)),
    ],
)
def test_a_time_is_written_in_three_ways(text: str, expected: Time) -> None:
    assert time_of(text, unit=0.001) == expected


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("soon", "'soon'"),
        ("-1", "0 or more"),
        ("inf", "0 or more"),
        ("nan", "0 or more"),
        ("900..300", "low is above high"),
        ("900/400", "p50 is above p95"),
        ("0..300", "above 0"),
        ("0/300", "above 0"),
        ("1..2..3", "'2..3'"),
        ("1..", "''"),
    ],
)
def test_a_time_that_cannot_be_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        time_of(text)


def test_percentiles_are_kept() -> None:
    dice = random.Random(1)
    times = sorted(drawn(Percentiles(0.4, 0.9), dice) for _ in range(20_000))

    assert statistics.median(times) == pytest.approx(0.4, rel=0.02)
    assert times[19_000] == pytest.approx(0.9, rel=0.03)


def test_anything_between_two_times_is_as_likely() -> None:
    dice = random.Random(1)
    times = [drawn(Between(0.2, 0.6), dice) for _ in range(20_000)]

    assert 0.2 <= min(times) < 0.21 < 0.59 < max(times) <= 0.6
    assert statistics.mean(times) == pytest.approx(0.4, rel=0.02)


async def took(wire: Wire, until: str) -> float:
    """Seconds from `response.create` to an event."""
    begun = time.monotonic()
    await wire.ask("response.create", until)
    return time.monotonic() - begun


async def test_words_may_come_before_their_sound() -> None:
    options = Options(first_token=0.1, first_audio=3600.0)
    async with Simulator(Given("Yes."), options) as simulator, connect(simulator) as wire:
        assert await took(wire, "response.content_part.added") >= 0.1
        simulator.options.first_audio = 0.4
        await wire.send("response.cancel")
        await wire.until("rate_limits.updated")
        assert await took(wire, "response.output_audio.delta") >= 0.4


async def test_without_a_first_token_the_first_audio_counts() -> None:
    async with Simulator(Given("Yes."), Options(first_audio=0.2)) as simulator, connect(simulator) as wire:
        assert await took(wire, "response.output_item.added") >= 0.2


async def test_each_session_draws_its_times_by_the_seed_and_its_number() -> None:
    times, seed = Between(0.001, 0.5), 4
    expected = [drawn(times, session_dice(seed, number)) for number in (1, 2, 3)]
    assert len({round(one, 2) for one in expected}) == 3
    assert max(expected) > 0.45

    async with Simulator(Given(), Options(first_token=times, seed=seed)) as simulator:
        for least in expected:
            async with connect(simulator) as wire:
                assert await took(wire, "response.output_item.added") >= least


def test_the_same_seed_draws_the_same_and_another_does_not() -> None:
    def draws(seed: int, number: int) -> list[float]:
        dice = session_dice(seed, number)
        return [drawn(Percentiles(0.4, 0.9), dice) for _ in range(3)]

    assert draws(1, 1) == draws(1, 1)
    assert draws(1, 1) != draws(1, 2) != draws(2, 2)


async def test_what_is_changed_holds_from_the_next_answer_on_and_for_one_simulator() -> None:
    options = Options(first_audio=3600.0)
    async with Simulator(Given("Yes."), options) as simulator, connect(simulator) as wire:
        simulator.options.first_audio = 0.0
        await wire.ask("response.create", "response.done", response=TEXT)

    assert options.first_audio == 3600.0


def test_a_key_is_not_shown_with_the_options() -> None:
    assert "secret" not in repr(Options(api_key="secret-1", token="secret-2", cartesia_key="secret-3"))
