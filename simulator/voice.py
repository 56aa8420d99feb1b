"""Speech from text by eSpeak NG: PCM16 mono, with the time at which each word is said."""

from __future__ import annotations

import asyncio
import ctypes
import hashlib
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import NamedTuple

import espeakng_loader
import numpy as np

from simulator.resampler import Resampler, Samples

RATE = 24_000
BYTES_PER_MS = RATE * 2 // 1000
WORDS_PER_MINUTE = 175
CACHED = 128

VOICES: Mapping[str, tuple[str, int]] = {
    "echo": ("m3", 0),
    "cedar": ("m1", 30),
    "ash": ("m7", 35),
    "verse": ("m1", 60),
    "ballad": ("m3", 65),
    "alloy": ("f1", 25),
    "sage": ("f2", 40),
    "marin": ("f1", 55),
    "coral": ("f2", 75),
    "shimmer": ("f1", 95),
}
"""The realtime voices, as an eSpeak variant and a pitch (0 to 99): far enough apart to tell by measuring."""


@dataclass(frozen=True)
class Word:
    """A word of the text, by its end in it (with the space after it), and when it is said."""

    end: int
    start_ms: float
    end_ms: float


@dataclass(frozen=True)
class Phoneme:
    """A sound, in the letters of the IPA, and when it is made."""

    symbol: str
    start_ms: float
    end_ms: float


@dataclass(frozen=True)
class Speech:
    """A text that was spoken: PCM16 mono at 24 kHz."""

    text: str
    pcm: bytes
    words: tuple[Word, ...]
    phonemes: tuple[Phoneme, ...] = ()

    @property
    def ms(self) -> float:
        """How long it plays."""
        return len(self.pcm) / BYTES_PER_MS

    def heard(self, ms: float) -> str:
        """The words that are said within the first `ms`."""
        ends = [word.end for word in self.words if word.end_ms <= ms]
        return self.text[: ends[-1]] if ends else ""


class Voice:
    """Speaks off the event loop and remembers what it said lately."""

    def __init__(self) -> None:
        self._said: OrderedDict[tuple[str, str, float], asyncio.Future[Speech]] = OrderedDict()

    async def warm(self) -> None:
        """Start eSpeak now, and not when the first caller waits for it. Raises RuntimeError when it does not start."""
        await asyncio.get_running_loop().run_in_executor(_THREAD, _ENGINE.start)

    async def speak(self, text: str, voice: str, speed: float = 1.0) -> Speech:
        """`text` in `voice`: a realtime voice's name, or any other id, which gets a voice of its own.

        However many ask for it at once, it is spoken once.
        """
        key = (text, voice, speed)
        said = self._said.get(key)
        if said is None or (said.done() and (said.cancelled() or said.exception())):
            said = asyncio.get_running_loop().run_in_executor(_THREAD, synthesize, text, voice, speed)
            self._said[key] = said
        self._said.move_to_end(key)
        if len(self._said) > CACHED:
            self._said.popitem(last=False)
        return await asyncio.shield(said)  # who asked first may leave before it is spoken


def synthesize(text: str, voice: str, speed: float) -> Speech:
    """Speak `text`, blocking; safe from any thread. Nothing to say gives no audio."""
    if not text.strip():
        return Speech(text, b"", ())
    variant, pitch = VOICES.get(voice) or _voice_of(voice)
    said = _ENGINE.say(text, variant, pitch, round(WORDS_PER_MINUTE * speed))
    ms = len(said.pcm) / BYTES_PER_MS
    return Speech(text, said.pcm, _words(text, said.marks, ms), _phonemes(said.sounds, ms))


def resample(samples: Samples, rate: int, wanted: int) -> Samples:
    """The same sound at another rate, by cutting or padding its spectrum."""
    if rate == wanted or not len(samples):
        return samples
    length = round(len(samples) * wanted / rate)
    spectrum = np.fft.rfft(samples.astype(np.float64))
    bins = length // 2 + 1
    fitted = np.zeros(bins, dtype=np.complex128)
    kept = min(bins, len(spectrum))
    fitted[:kept] = spectrum[:kept]
    sound = np.fft.irfft(fitted, length) * (wanted / rate)
    return np.clip(sound, -32768, 32767).astype(np.int16)


def _voice_of(identifier: str) -> tuple[str, int]:
    digest = hashlib.sha256(identifier.encode()).digest()
    return ("m1", "m3", "m7", "f1", "f2")[digest[0] % 5], digest[1] % 100


def _words(text: str, marks: list[tuple[int, float]], length_ms: float) -> tuple[Word, ...]:
    tokens = list(re.finditer(r"\s*\S+\s*", text))
    starts = [_start(token, marks) for token in tokens]
    known = 0.0
    for index, start in enumerate(starts):
        known = starts[index] = known if start is None else max(known, start)
    times = [start or 0.0 for start in starts] + [length_ms]
    return tuple(
        Word(token.end(), times[index], max(times[index], times[index + 1])) for index, token in enumerate(tokens)
    )


def _phonemes(sounds: list[tuple[str, float]], length_ms: float) -> tuple[Phoneme, ...]:
    """A sound lasts to the next; a pause is a sound without a letter."""
    ends = [*(start for _, start in sounds[1:]), length_ms]
    spans = ((symbol, start, min(end, length_ms)) for (symbol, start), end in zip(sounds, ends, strict=False))
    return tuple(Phoneme(symbol, start, max(start, end)) for symbol, start, end in spans if symbol)


def _start(token: re.Match[str], marks: list[tuple[int, float]]) -> float | None:
    return next((ms for position, ms in marks if token.start() <= position < token.end()), None)


class _EventId(ctypes.Union):
    _fields_ = (("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8))


class _Event(ctypes.Structure):
    _fields_ = (
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _EventId),
    )


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.POINTER(_Event))
SYNCHRONOUS, UTF8, END_OF_EVENTS, WORD_EVENT, PHONEME_EVENT = 2, 1, 0, 1, 7
DONT_EXIT, PHONEME_EVENTS, IN_IPA = 0x8000, 1, 2
RATE_PARAMETER, PITCH_PARAMETER = 1, 3


class _Said(NamedTuple):
    """What the engine made of a text: PCM16 mono at `RATE`, and times in ms."""

    pcm: bytes
    marks: list[tuple[int, float]]
    """Where in the text each word begins, and when."""
    sounds: list[tuple[str, float]]
    """The phonemes, and when each begins."""


class _Engine:
    """eSpeak NG is one machine with one state: whoever starts it or speaks holds the lock."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._library: ctypes.CDLL | None = None
        self._rate = 0
        # The library keeps the pointer only, so the callback has to live as long as it does.
        self._callback = _CALLBACK(self._collect)
        self._resampler = Resampler(RATE, RATE)
        self._pcm = bytearray()
        self._marks: list[tuple[int, float]] = []
        self._sounds: list[tuple[str, float]] = []

    def start(self) -> None:
        """Load the library, if it is not there yet."""
        with self._lock:
            self._started()

    def say(self, text: str, variant: str, pitch: int, rate: int) -> _Said:
        """Speak."""
        data = text.encode() + b"\0"
        with self._lock:
            library = self._started()
            self._resampler, self._pcm = Resampler(self._rate, RATE), bytearray()
            self._marks, self._sounds = [], []
            library.espeak_SetVoiceByName(f"en-us+{variant}".encode())
            library.espeak_SetParameter(RATE_PARAMETER, rate, 0)
            library.espeak_SetParameter(PITCH_PARAMETER, pitch, 0)
            library.espeak_Synth(data, ctypes.c_size_t(len(data)), 0, 0, 0, UTF8, None, None)
            return _Said(bytes(self._pcm + self._resampler.end().tobytes()), self._marks, self._sounds)

    def _started(self) -> ctypes.CDLL:
        if self._library is None:
            library = ctypes.CDLL(espeakng_loader.get_library_path())
            path = espeakng_loader.get_data_path().encode()
            self._rate = library.espeak_Initialize(SYNCHRONOUS, 0, path, DONT_EXIT | PHONEME_EVENTS | IN_IPA)
            if self._rate <= 0:
                raise RuntimeError("eSpeak NG did not start: its data was not found in the espeakng-loader package")
            # Breath is drawn by chance. Every process draws alike, though a sentence still depends on those before it.
            library.espeak_ng_SetRandSeed(ctypes.c_long(1))
            library.espeak_SetSynthCallback(self._callback)
            self._library = library
        return self._library

    def _collect(self, samples: ctypes._Pointer[ctypes.c_short], count: int, events: ctypes._Pointer[_Event]) -> int:
        if samples and count > 0:
            # While eSpeak goes on, so that the work is never long.
            heard: Samples = np.frombuffer(ctypes.string_at(samples, count * 2), dtype=np.int16)
            self._pcm += self._resampler.add(heard).tobytes()
        index = 0
        while events[index].type != END_OF_EVENTS:
            if events[index].type == WORD_EVENT:
                # eSpeak counts characters from one.
                self._marks.append((events[index].text_position - 1, float(events[index].audio_position)))
            elif events[index].type == PHONEME_EVENT:
                symbol = bytes(events[index].id.string).decode(errors="ignore")
                self._sounds.append((symbol, float(events[index].audio_position)))
            index += 1
        return 0


_ENGINE = _Engine()
"""The only one of this process: it is made here, before there are threads, and loads nothing until it is started."""
_THREAD = ThreadPoolExecutor(1, "voice")
"""Who speaks waits for the engine anyway, and here in the way of nobody else."""
