"""The line's own words as sound files, for the time when nobody can speak them; `make sounds` builds them."""

import re
import wave
from functools import cache
from pathlib import Path

RATE = 24_000
SOUNDS = Path(__file__).with_name("sounds")


def sound_file(words: str) -> Path:
    """Where the recording of `words` is, if there is one."""
    name = "-".join(re.findall(r"[a-z0-9]+", words.casefold().replace("'", "")))
    return SOUNDS / f"{name}.wav"


@cache
def recorded(words: str) -> bytes | None:
    """`words` as PCM16 mono at 24 kHz; None: they were never recorded."""
    file = sound_file(words)
    if not file.is_file():
        return None
    with wave.open(str(file)) as sound:
        return bytes(sound.readframes(sound.getnframes()))
