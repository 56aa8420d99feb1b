"""What a bad line does to a voice."""

from typing import Literal

import numpy as np
import pytest

from rehearsal.bad_line import LOUDEST, BadLine
from rehearsal.scenario import Noise

PIECE = bytes(960)
LOUD = np.full(480, LOUDEST, np.int16).tobytes()


def pieces(line: BadLine, count: int = 500) -> list[bytes]:
    return [line.carried(PIECE) for _ in range(count)]


@pytest.mark.parametrize("of", ["white", "babble"])
def test_noise_is_as_loud_as_it_is_said_to_be(of: Literal["white", "babble"]) -> None:
    sound = np.frombuffer(b"".join(pieces(BadLine(Noise(level=-40, of=of), 0, 0))), np.int16).astype(float)

    assert 20 * np.log10(np.sqrt(np.mean(sound**2)) / LOUDEST) == pytest.approx(-40, abs=1)


def test_noise_makes_nothing_louder_than_sound_can_be() -> None:
    carried = np.frombuffer(BadLine(Noise(level=-20), 0, 0).carried(LOUD), np.int16)

    assert carried.max() == LOUDEST and carried.min() > 0


def test_so_many_pieces_are_lost_as_are_said_to_be_and_the_same_ones_with_the_same_seed() -> None:
    first, again = ([not any(line.carried(LOUD)) for _ in range(1000)] for line in (bad(), bad()))

    assert sum(first) == pytest.approx(100, abs=40)
    assert first == again


def bad() -> BadLine:
    return BadLine(None, 0.1, seed=7)
