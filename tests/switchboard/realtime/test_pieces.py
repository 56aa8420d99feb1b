"""Speech is sent at once, silence in company, and nothing is lost between the two."""

import numpy as np
import pytest

from switchboard.realtime.pieces import LINGER, LONG, PAUSE, QUIET, RATE, SHORT_MS, Pieces
from switchboard.realtime.pieces import SPEECH as LOUD

SHORT = RATE * SHORT_MS // 1000
ROOM_TONE = np.tile(np.array([QUIET, -QUIET], dtype=np.int16), SHORT // 2).tobytes()
SPEECH = np.full(SHORT, -QUIET - 1, dtype=np.int16).tobytes()


def sent(pieces: Pieces, *audio: bytes) -> list[int]:
    """The lengths of what goes out, in samples."""
    return [piece.samples_per_channel for each in audio for piece in pieces.push(each)]


@pytest.fixture
def resting() -> Pieces:
    """Nobody has spoken for so long that the next silence is held back."""
    pieces = Pieces()
    sent(pieces, *[ROOM_TONE] * (LINGER // SHORT))
    return pieces


def test_speech_goes_out_at_once() -> None:
    assert sent(Pieces(), SPEECH, SPEECH, SPEECH) == [SHORT] * 3


def test_the_silence_after_speech_goes_out_at_once() -> None:
    pieces = Pieces()
    sent(pieces, SPEECH)
    assert sent(pieces, *[ROOM_TONE] * (LINGER // SHORT)) == [SHORT] * (LINGER // SHORT)


def test_longer_silence_goes_out_in_long_pieces(resting: Pieces) -> None:
    assert sent(resting, *[ROOM_TONE] * 10) == [LONG, LONG]


def test_the_first_sound_takes_with_it_what_was_held_back(resting: Pieces) -> None:
    assert sent(resting, ROOM_TONE, ROOM_TONE, SPEECH, SPEECH) == [3 * SHORT, SHORT]


def test_no_sample_is_lost_or_changed() -> None:
    random = np.random.default_rng(1)
    levels = np.repeat([5, 4000, 5, 5, 4000, 5, 5], RATE)
    audio = (random.normal(size=len(levels)) * levels).astype(np.int16).tobytes()
    pieces = Pieces()
    heard = b""
    for begin in range(0, len(audio), 1000):  # not a whole number of pieces
        heard += b"".join(bytes(piece.data.cast("B")) for piece in pieces.push(audio[begin : begin + 1000]))
    assert heard + b"".join(bytes(piece.data.cast("B")) for piece in pieces.flush()) == audio


def test_what_was_cleared_is_not_sent(resting: Pieces) -> None:
    sent(resting, ROOM_TONE)
    resting.clear()
    assert resting.flush() == []
    assert sent(resting, SPEECH) == [SHORT]


def tone(peak: int, samples: int) -> bytes:
    return np.full(samples, peak, dtype=np.int16).tobytes()


def test_a_sound_is_what_is_above_the_quiet_and_not_the_quiet_itself(resting: Pieces) -> None:
    assert sent(resting, tone(QUIET, SHORT), tone(-QUIET, SHORT)) == []
    assert sent(resting, tone(QUIET + 1, SHORT)) == [3 * SHORT]


@pytest.mark.parametrize("sign", [1, -1])
def test_speech_is_what_is_above_its_level_until_there_is_none_for_half_a_second(sign: int) -> None:
    pieces = Pieces()
    assert not pieces.speech
    pieces.push(tone(sign * LOUD, SHORT))
    assert not pieces.speech
    pieces.push(tone(sign * (LOUD + 1), SHORT))
    assert pieces.speech
    pieces.push(tone(0, PAUSE - 1))
    assert pieces.speech
    pieces.push(tone(0, 1))
    assert not pieces.speech


def test_who_is_still_is_so_since_the_last_sound() -> None:
    pieces = Pieces()
    pieces.push(tone(QUIET + 1, SHORT))
    assert pieces.still_seconds == 0
    pieces.push(tone(QUIET, 2 * SHORT))
    assert pieces.still_seconds == 2 * SHORT / RATE


def test_a_push_of_nothing_sends_nothing() -> None:
    assert Pieces().push(b"") == []
