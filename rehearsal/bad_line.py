"""What a caller's line does to their voice: noise, and pieces of it that are lost."""

import numpy as np
import numpy.typing as npt

from rehearsal.scenario import Noise
from simulator.voice import RATE, synthesize

LOUDEST = 32767
NOISE_SECONDS = 5
VOICES = ("echo", "alloy", "ash", "shimmer", "ballad")
TALK = (
    "So I told him that nobody had ever seen the boat, and he laughed and went on about the weather.",
    "We were going to meet at the station, but the train was late again, as it is every morning in winter.",
    "Put the other one over there, please, next to the window, and mind the step when you come back.",
    "She has been working on it for years, and now they want all of it done by the end of the month.",
    "It is a lovely place in summer, with a garden behind the house and a river at the end of it.",
)
"""What people say in the background, in a voice each."""

Sound = npt.NDArray[np.float64]


class BadLine:
    """Of one call; the `seed` is of its dice. To make one takes longer than an event loop can spare."""

    def __init__(self, noise: Noise | None, loses: float, seed: int) -> None:
        self._dice = np.random.default_rng(seed)
        self._loses = loses
        self._noise = self._sound_of(noise) if noise else np.zeros(1)
        self._at = 0

    def carried(self, piece: bytes) -> bytes:
        """What arrives of a piece of sound, 16-bit PCM: of a lost one silence, where a receiver would guess."""
        if self._dice.random() < self._loses:
            return bytes(len(piece))
        sound = np.frombuffer(piece, np.int16)
        noise = self._noise[np.arange(self._at, self._at + len(sound)) % len(self._noise)]
        self._at += len(sound)
        return np.clip(sound + noise, -LOUDEST, LOUDEST).astype(np.int16).tobytes()

    def _sound_of(self, noise: Noise) -> Sound:
        sound = self._dice.normal(size=NOISE_SECONDS * RATE) if noise.of == "white" else _babble()
        wanted = LOUDEST * 10 ** (noise.level / 20)
        made: Sound = sound * (wanted / np.sqrt(np.mean(sound**2)))
        return made


def _babble() -> Sound:
    talks = [_spoken(text, voice) for text, voice in zip(TALK, VOICES, strict=True)]
    together: Sound = np.vstack([talk[: min(map(len, talks))] for talk in talks]).sum(axis=0)
    return together


def _spoken(text: str, voice: str) -> Sound:
    return np.frombuffer(synthesize(text, voice, 1.0).pcm, np.int16).astype(np.float64)
