"""How fast an agent speaks, by which LiveKit shows words as they are heard, is reckoned without holding up the call.

A model sends an answer faster than it is spoken, and LiveKit reckons all that is there in one step of the event loop,
one Fourier transform after the other (livekit-agents 1.8.9, `voice/transcription/_speaking_rate.py`): meanwhile the
caller is neither heard nor answered.
"""

import asyncio
from typing import Any

import numpy as np
from livekit.agents.utils import aio
from livekit.agents.voice.transcription._speaking_rate import SpeakingRateDetector, SpeakingRateStream
from numpy.lib.stride_tricks import sliding_window_view

WINDOW_SECONDS = 0.025


def reckon_rates_patiently() -> None:
    """From now on, for all agents of this process."""
    SpeakingRateDetector.stream = _patient  # type: ignore[method-assign, assignment]


def _patient(detector: SpeakingRateDetector) -> SpeakingRateStream:
    return PatientRate(detector, detector._opts)


class PatientRate(SpeakingRateStream):
    """LiveKit's, which takes a frame in each step of the loop and all of its transforms in one go."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self._input_ch = _OneAStep()

    def _spectral_flux(self, audio: np.ndarray[Any, Any], sample_rate: int) -> float:
        """The mean change of the spectrum between windows that overlap by half."""
        length = int(sample_rate * WINDOW_SECONDS)
        if len(audio) < length + length // 2:
            return 0.0
        shape = np.hanning(length)
        windows = sliding_window_view(audio, length)[:: length // 2] * (shape / np.sqrt(np.sum(shape**2)))
        spectra = np.abs(np.fft.rfft(windows))
        return float(np.abs(np.diff(spectra, axis=0)).sum(axis=1).mean())


class _OneAStep(aio.Chan[Any]):
    """Others have their turn before each item."""

    async def __anext__(self) -> Any:
        await asyncio.sleep(0)
        return await super().__anext__()
