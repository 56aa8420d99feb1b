"""What Cartesia sends of a speech: its audio in chunks, and when its words and sounds are said."""

from __future__ import annotations

import asyncio
import base64
from collections.abc import AsyncIterator, Iterator, Mapping
from typing import Any

from simulator.backend import Backend
from simulator.cartesia_request import Mp3, Raw, Wav
from simulator.cartesia_request import Speech as Asked
from simulator.sound import encode
from simulator.sound_file import MP3, sound_file, wav_of
from simulator.times import drawn
from simulator.voice import Speech

CHUNK_MS = 100


def chunks(data: bytes, ms: float) -> Iterator[bytes]:
    """The encoded audio of `ms`, in pieces of 100 ms that end between samples."""
    size = -(-len(data) * CHUNK_MS // max(1, round(ms)) // 4) * 4
    for start in range(0, len(data), size):
        yield data[start : start + size]


def whole(pcm: bytes, form: Raw | Wav | Mp3) -> tuple[bytes, str]:
    """All of it at once, with its content type."""
    if isinstance(form, Raw):
        return encode(pcm, form.encoding, form.sample_rate), "audio/pcm"
    if isinstance(form, Wav):
        kind = wav_of(form.encoding)
        return sound_file(pcm, kind, form.sample_rate), kind.content_type
    return sound_file(pcm, MP3, form.sample_rate, form.bit_rate), MP3.content_type


async def played(speech: Speech, form: Raw, backend: Backend) -> AsyncIterator[tuple[float, bytes]]:
    """The chunks of it, each when it is its turn at the pace of the options, with the milliseconds before it."""
    data = await asyncio.to_thread(encode, speech.pcm, form.encoding, form.sample_rate)
    pace = drawn(backend.options.cartesia_pace, backend.dice)
    loop = asyncio.get_running_loop()
    begun = loop.time()
    for index, chunk in enumerate(chunks(data, speech.ms)):
        if (wait := begun + index * CHUNK_MS / 1000 / pace - loop.time()) > 0:
            await asyncio.sleep(wait)
        yield index * CHUNK_MS, chunk


def chunk_message(data: bytes) -> dict[str, Any]:
    """One piece."""
    data_text = base64.b64encode(data).decode()
    return {"type": "chunk", "done": False, "status_code": 206, "step_time": 12.5, "data": data_text}


def time_messages(asked: Asked, speech: Speech, before_ms: float) -> Iterator[dict[str, Any]]:
    """The times that were asked for, counted from the beginning of the context."""
    if asked.add_timestamps:
        words = [(word.start_ms, word.end_ms) for word in speech.words]
        times = {"words": list(_words(speech)), **_times(words, before_ms)}
        yield {"type": "timestamps", "done": False, "status_code": 206, "word_timestamps": times}
    if asked.add_phoneme_timestamps:
        sounds = [(sound.start_ms, sound.end_ms) for sound in speech.phonemes]
        times = {"phonemes": [sound.symbol for sound in speech.phonemes], **_times(sounds, before_ms)}
        yield {"type": "phoneme_timestamps", "done": False, "status_code": 206, "phoneme_timestamps": times}


def _words(speech: Speech) -> Iterator[str]:
    begin = 0
    for word in speech.words:
        yield speech.text[begin : word.end].strip()
        begin = word.end


def _times(spans: list[tuple[float, float]], before_ms: float) -> Mapping[str, list[float]]:
    return {
        "start": [round((before_ms + start) / 1000, 3) for start, _ in spans],
        "end": [round((before_ms + end) / 1000, 3) for _, end in spans],
    }
