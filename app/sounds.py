"""Records the words of every line, for the time when a line has no speech."""

import wave

from app.lines import LINES
from simulator.voice import synthesize
from switchboard.ladder.recorded import RATE, SOUNDS, sound_file
from switchboard.settings.schema import Realtime

VOICE = Realtime().voice


def build() -> None:
    """Make `switchboard/ladder/sounds` anew."""
    for old in SOUNDS.glob("*.wav"):
        old.unlink()
    for words in sorted({words for line in LINES.values() for words in line.recorded_words}):
        with wave.open(str(sound_file(words)), "wb") as sound:
            sound.setnchannels(1)
            sound.setsampwidth(2)
            sound.setframerate(RATE)
            sound.writeframes(synthesize(words, VOICE, 1.0).pcm)
