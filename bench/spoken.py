"""What callers say, sounding the same in every run."""

import subprocess
import sys
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[1]
SPEAK = """
import sys
from simulator.voice import synthesize
text, voice, speed = sys.argv[1:]
sys.stdout.buffer.write(synthesize(text, voice, float(speed)).pcm)
"""


@cache
def spoken(text: str, voice: str = "caller", speed: float = 1.0) -> bytes:
    """The sentence in one of the simulator's voices, as 16-bit mono PCM of 24 kHz.

    eSpeak lets a sentence depend on all that it said before, and then a small recogniser hears another word now and
    then. The first sentence of a new process is always the same.
    """
    command = [sys.executable, "-c", SPEAK, text, voice, str(speed)]
    return subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE).stdout
