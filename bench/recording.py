"""What a phone says and hears: 8 kHz mono WAV files."""

import asyncio
import time
import wave
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from bench.caller import CallFailedError
from bench.softphone import PATIENCE, Softphone
from bench.spoken import spoken as said_aloud
from simulator.voice import RATE, resample

PHONE_RATE = 8000
MINUTES = 300.0
"""A pause or tone that no call outlasts: a softphone hangs up when it has said what it has to."""
SPEED = 0.9
LOUD = 500
"""Of 32768: speech is well above it, the noise of a codec below."""
FRAME = PHONE_RATE // 50
"""20 ms, a packet of RTP."""
POLL_SECONDS = 0.002
WINDOW = PHONE_RATE // 5
TONE_LEVEL = 6000
TONE_HEARD = 0.25
"""Of the sound in a fifth of a second, by energy: speech and music have less at any one pitch for so long."""
TONE_ALONE = 0.8
"""The same, for a tone with nothing beside it."""

Samples = npt.NDArray[np.int16]


@dataclass(frozen=True)
class Tone:
    """A steady tone: no speech to anybody, and easy to find in a recording."""

    hertz: int
    seconds: float


Said = str | float | Tone
"""Words, seconds of silence, or a tone."""


def record(path: Path, script: Sequence[Said]) -> Path:
    """Write the sentences and pauses of `script` to `path`."""
    pieces = [_samples(said) for said in script]
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(PHONE_RATE)
        file.writeframes(np.concatenate(pieces).tobytes())
    return path


def recorded(path: Path) -> Samples:
    """The samples of a recording. A call that still goes on has a header without a length: all that is there counts."""
    return np.frombuffer(path.read_bytes()[44:][: (path.stat().st_size - 44) // 2 * 2], np.int16)


def loud_seconds(samples: Samples) -> float:
    """For how long somebody is heard."""
    return float(np.count_nonzero(loud_frames(samples))) * FRAME / PHONE_RATE


def loud_frames(samples: Samples) -> npt.NDArray[np.bool_]:
    """Whether somebody is heard, for each 20 ms."""
    return _levels(samples) > LOUD


async def first_heard(phone: Softphone, patience: float = PATIENCE) -> float:
    """When somebody is heard on the phone first (monotonic), as soon as they are; `forget` other calls before it."""
    seen = 0
    give_up = time.monotonic() + patience
    while (now := time.monotonic()) < give_up:
        if phone.hears and len(new := recorded(phone.heard)[seen:]):
            loud = np.flatnonzero(np.abs(new.astype(np.int32)) > LOUD)
            if len(loud):  # what came last is a packet that has just arrived
                return now + (float(loud[0]) - max(0, len(new) - FRAME)) / PHONE_RATE
            seen += len(new)
        await asyncio.sleep(POLL_SECONDS)
    raise CallFailedError(f"phone {phone.number} heard nobody in {patience:g} s")


async def tone_comes(phone: Softphone, tone: Tone, patience: float = PATIENCE) -> float:
    """When the tone begins on the phone (monotonic), from now on; to the packet, and sure after three of them."""
    since = len(recorded(phone.heard)) // FRAME * FRAME
    arrived: list[float] = []
    give_up = time.monotonic() + patience
    while (now := time.monotonic()) < give_up:
        frames = recorded(phone.heard)[since:]
        arrived += [now] * (len(frames) // FRAME - len(arrived))
        heard = _shares(frames, tone.hertz, FRAME) > TONE_ALONE
        sure = np.flatnonzero(heard[:-2] & heard[1:-1] & heard[2:])
        if len(sure):
            return arrived[int(sure[0])]
        await asyncio.sleep(POLL_SECONDS * 2)
    raise CallFailedError(f"phone {phone.number} did not hear the tone in {patience:g} s")


async def heard_for(phone: Softphone, seconds: float) -> None:
    """Wait until somebody has been heard on the phone for so long, in all of its call."""
    await _until(phone, loud_seconds, seconds)


async def hears_tone(phone: Softphone, tone: Tone, seconds: float = 1.0) -> None:
    """Wait until the tone has been heard on the phone for so long."""
    await _until(phone, lambda samples: tone_seconds(samples, tone), seconds)


async def _until(phone: Softphone, measure: Callable[[Samples], float], seconds: float) -> None:
    heard = 0.0
    try:
        async with asyncio.timeout(PATIENCE):
            while heard < seconds:
                await asyncio.sleep(0.1)
                heard = measure(recorded(phone.heard))
    except TimeoutError:
        told = f"phone {phone.number} heard it for {heard:.1f} s, not for {seconds:.1f} s"
        raise CallFailedError(told) from None


def first_sound(samples: Samples) -> float | None:
    """After how many seconds somebody is heard first, None: never."""
    loud = np.flatnonzero(loud_frames(samples))
    return float(loud[0]) * FRAME / PHONE_RATE if len(loud) else None


def tone_seconds(samples: Samples, tone: Tone) -> float:
    """For how long the tone is heard, alone or among other things."""
    return float(np.count_nonzero(_shares(samples, tone.hertz) > TONE_HEARD)) * WINDOW / PHONE_RATE


def first_tone(samples: Samples, tone: Tone) -> float | None:
    """After how many seconds the tone is heard first, None: never."""
    heard = np.flatnonzero(_shares(samples, tone.hertz) > TONE_HEARD)
    return float(heard[0]) * WINDOW / PHONE_RATE if len(heard) else None


def seconds_since_tone(samples: Samples, hertz: int) -> float:
    """How long ago the last 20 ms of a tone with nothing beside it were heard; 0: it is being heard."""
    heard = np.flatnonzero(_shares(samples, hertz, FRAME) > TONE_ALONE)
    last = int(heard[-1]) if len(heard) else -1
    return max(0, len(samples) // FRAME - last - 2) * FRAME / PHONE_RATE


def likeness(words: Samples, recording: Samples) -> float:
    """How much the likest place in `recording` sounds as a second of `words` does, 0 to 1, at most for any second."""
    seconds = [words[start : start + PHONE_RATE].astype(np.float64) for start in range(0, len(words), PHONE_RATE // 2)]
    loud = [one for one in seconds if len(one) == PHONE_RATE and np.sqrt(np.mean(one**2)) > LOUD]
    return max((_likeness(one, recording.astype(np.float64)) for one in loud), default=0.0)


def _likeness(second: npt.NDArray[np.float64], recording: npt.NDArray[np.float64]) -> float:
    """How much its likest place sounds as it does; 0: it is shorter."""
    return float(np.max(np.abs(correlations(second, recording)), initial=0.0))


def correlations(sound: npt.NDArray[np.float64], recording: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """The normalised cross-correlation of the two (16 bits) at each place of the sound in the recording."""
    size = len(sound)
    if len(recording) < size:
        return np.empty(0)
    length = 1 << (len(recording) + size).bit_length()
    spectrum = np.fft.rfft(recording, length) * np.conj(np.fft.rfft(sound, length))
    products: npt.NDArray[np.float64] = np.fft.irfft(spectrum, length)[: len(recording) - size + 1]
    sums = np.concatenate(([0.0], np.cumsum(recording**2)))
    energies: npt.NDArray[np.float64] = np.sqrt(np.maximum(sums[size:] - sums[:-size], 1e6) * np.sum(sound**2))
    return products / energies


def _shares(samples: Samples, hertz: int, window: int = WINDOW) -> npt.NDArray[np.float64]:
    """How much of the energy of each fifth of a second, or of another `window`, is at this pitch."""
    frames = samples[: len(samples) // window * window].reshape(-1, window).astype(np.float64)
    if not len(frames):
        return np.zeros(0)
    power = np.abs(np.fft.rfft(frames * np.hanning(window), axis=1)) ** 2
    bin_ = round(hertz * window / PHONE_RATE)
    return np.asarray(power[:, bin_ - 2 : bin_ + 3].sum(axis=1) / np.maximum(power.sum(axis=1), 1e9))


def _levels(samples: Samples) -> npt.NDArray[np.float64]:
    """The loudness (RMS) of each 20 ms."""
    frames = samples[: len(samples) // FRAME * FRAME].reshape(-1, FRAME).astype(np.float64)
    return np.sqrt(np.mean(frames**2, axis=1)) if len(frames) else np.zeros(0)


def _samples(said: Said) -> Samples:
    if isinstance(said, float):
        return np.zeros(round(said * PHONE_RATE), np.int16)
    if isinstance(said, Tone):
        moments = np.arange(round(said.seconds * PHONE_RATE)) / PHONE_RATE
        return (TONE_LEVEL * np.sin(2 * np.pi * said.hertz * moments)).astype(np.int16)
    return spoken(said, "caller", SPEED)


def pitch(samples: Samples) -> float:
    """The median pitch (Hz) of the voice that is heard. Raises ValueError where nobody is heard."""
    length = PHONE_RATE // 25
    highest, lowest = PHONE_RATE // 400, PHONE_RATE // 70
    found = []
    for start in range(0, len(samples) - length, length):
        frame = samples[start : start + length].astype(np.float64)
        if np.sqrt(np.mean(frame**2)) <= LOUD:
            continue
        likeness = np.correlate(frame - frame.mean(), frame - frame.mean(), "full")[length - 1 :]
        period = highest + int(likeness[highest:lowest].argmax())
        if likeness[period] > likeness[0] / 2:
            found.append(PHONE_RATE / period)
    if not found:
        raise ValueError("nobody is heard")
    return float(np.median(found))


def spoken(words: str, voice: str, speed: float = 1.0) -> Samples:
    """The simulator's voice of that name, as a phone hears it."""
    return resample(np.frombuffer(said_aloud(words, voice, speed), np.int16), RATE, PHONE_RATE)
