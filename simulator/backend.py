"""What every socket and endpoint of one simulator shares."""

from dataclasses import dataclass
from random import Random

from simulator.faults import Faults
from simulator.hearing import Hearing
from simulator.mind import Mind
from simulator.options import Options
from simulator.recognizer import Recognizer
from simulator.record import Record
from simulator.voice import Voice


@dataclass(frozen=True)
class Backend:
    """Handed to whatever answers a client."""

    mind: Mind
    options: Options
    faults: Faults
    voice: Voice
    record: Record
    recognizer: Recognizer
    dice: Random
    """For times outside of a realtime session; each of these has its own."""
    hearing: Hearing
