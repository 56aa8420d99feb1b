"""Sound at another rate, as it comes."""

from __future__ import annotations

import numpy as np
import pytest

from simulator.resampler import Resampler, Samples


def sine(hertz: float, rate: int, seconds: float = 1.0) -> Samples:
    return (10_000 * np.sin(2 * np.pi * hertz * np.arange(round(rate * seconds)) / rate)).astype(np.int16)


def resampled(samples: Samples, rate: int, wanted: int, piece: int = 1000) -> Samples:
    resampler = Resampler(rate, wanted)
    made = [resampler.add(samples[start : start + piece]) for start in range(0, len(samples), piece)]
    return np.concatenate((*made, resampler.end()))


@pytest.mark.parametrize(("rate", "wanted"), [(22_050, 24_000), (24_000, 16_000), (8_000, 24_000), (24_000, 24_000)])
@pytest.mark.parametrize("piece", [1, 700, 10**6])
def test_a_sound_is_the_same_at_another_rate_however_it_comes(rate: int, wanted: int, piece: int) -> None:
    made = resampled(sine(440, rate, 0.3), rate, wanted, piece)

    assert len(made) == round(wanted * 0.3)
    edge = wanted // 200  # a sound that begins in full has more in it than its tone
    assert made[edge:-edge] == pytest.approx(sine(440, wanted, 0.3)[edge:-edge], abs=15)


def test_what_the_lower_rate_cannot_hold_is_gone() -> None:
    assert np.abs(resampled(sine(11_000, 24_000), 24_000, 16_000)[200:-200]).max() < 20


@pytest.mark.parametrize("length", [0, 1, 146, 147, 148, 588, 589, 10_000])
def test_any_length_keeps_its_time(length: int) -> None:
    assert len(resampled(np.zeros(length, np.int16), 22_050, 24_000)) == round(length * 24_000 / 22_050)
