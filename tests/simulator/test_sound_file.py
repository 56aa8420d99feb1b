"""Speech as a file: what any player makes of it is what was said."""

from __future__ import annotations

import base64
import io
import json
from typing import Any

import aiohttp
import av
import numpy as np
import pytest

from simulator.resampler import Samples
from simulator.server import Simulator
from simulator.sound_file import KINDS, sound_file
from simulator.voice import RATE, VOICES, synthesize
from tests.simulator.minds import Given

SPEECH = "/v1/audio/speech"
ASKED = {"model": "tts", "voice": "marin", "input": "Good morning."}
SPOKEN = {"model_id": "sonic", "transcript": ASKED["input"], "voice": "v1"}
RAW = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": RATE}
DELAY = 2200
"""Samples by which a codec may be late."""


def played(file: bytes) -> tuple[str, str, Samples]:
    """The container, the codec and the sound at 24 kHz."""
    with av.open(io.BytesIO(file), "r") as given:
        resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
        frames = [*given.decode(audio=0), None]
        parts = [each.to_ndarray()[0] for frame in frames for each in resampler.resample(frame)]
        return given.format.name, given.streams.audio[0].codec_context.name, np.concatenate(parts)


def alike(heard: Samples, said: Samples) -> float:
    """1 for the same sound, somewhat late or not."""
    size = len(heard) + len(said)
    spectra = np.fft.rfft(heard, size) * np.conj(np.fft.rfft(said, size))
    products = np.fft.irfft(spectra, size)[:DELAY]
    return float(products.max() / np.linalg.norm(said.astype(float)) / np.linalg.norm(heard.astype(float)))


async def answer(simulator: Simulator, path: str, body: dict[str, Any]) -> tuple[str, bytes]:
    async with (
        aiohttp.ClientSession(headers={"X-API-Key": "a", "api-key": "a"}) as http,
        http.post(simulator.url + path, json=body) as response,
    ):
        assert response.status == 200, await response.text()
        return response.content_type, await response.read()


@pytest.mark.parametrize(
    ("asked", "content_type", "container", "codec"),
    [
        ({}, "audio/mpeg", "mp3", "mp3float"),
        ({"response_format": "mp3"}, "audio/mpeg", "mp3", "mp3float"),
        ({"response_format": "opus"}, "audio/ogg", "ogg", "opus"),
        ({"response_format": "aac"}, "audio/aac", "aac", "aac"),
        ({"response_format": "flac"}, "audio/flac", "flac", "flac"),
        ({"response_format": "wav"}, "audio/wav", "wav", "pcm_s16le"),
    ],
)
async def test_azures_speech_comes_in_the_format_that_was_asked_for(
    asked: dict[str, str], content_type: str, container: str, codec: str
) -> None:
    async with Simulator(Given()) as simulator:
        _, pcm = await answer(simulator, SPEECH, ASKED | {"response_format": "pcm"})
        kind, file = await answer(simulator, SPEECH, ASKED | asked)
    said, heard = np.frombuffer(pcm, dtype=np.int16), played(file)
    assert (kind, *heard[:2]) == (content_type, container, codec)
    assert alike(heard[2], said) > 0.98
    assert len(heard[2]) == pytest.approx(len(said), abs=DELAY)


def test_aac_is_as_good_whatever_is_said() -> None:
    pieces = [synthesize("Yes.", voice, 1.0).pcm for voice in VOICES]
    heard = [played(sound_file(pcm, KINDS["aac"]))[2] for pcm in pieces]

    assert min(map(alike, heard, (np.frombuffer(pcm, dtype=np.int16) for pcm in pieces))) > 0.994


async def test_events_bring_the_format_that_was_asked_for() -> None:
    async with Simulator(Given()) as simulator:
        _, whole = await answer(simulator, SPEECH, ASKED | {"response_format": "flac"})
        kind, streamed = await answer(simulator, SPEECH, ASKED | {"response_format": "flac", "stream_format": "sse"})
    events = [json.loads(line.removeprefix(b"data: ")) for line in streamed.split(b"\n") if line]
    assert kind == "text/event-stream"
    assert b"".join(base64.b64decode(event["audio"]) for event in events[:-1]) == whole
    assert events[-1]["type"] == "speech.audio.done"


@pytest.mark.parametrize("form", ["pcm", "mp3"])
async def test_a_file_breaks_off_where_its_speech_does(form: str) -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession(headers={"api-key": "a"}) as http:
        _, whole = await answer(simulator, SPEECH, ASKED | {"response_format": form})
        _, pcm = await answer(simulator, SPEECH, ASKED | {"response_format": "pcm"})
        simulator.faults.add("speech_drop", after_ms=len(pcm) / 48 / 2)
        got = b""
        async with http.post(simulator.url + SPEECH, json=ASKED | {"response_format": form}) as response:
            with pytest.raises(aiohttp.ClientPayloadError):
                while more := await response.content.readany():
                    got += more
    assert got == whole[: len(got)]
    assert len(got) == pytest.approx(len(whole) / 2, abs=2)


@pytest.mark.parametrize(
    ("rate", "bit_rate"), [(8000, 192000), (16000, 64000), (22050, 96000), (24000, 128000), (44100, 32000)]
)
async def test_cartesia_speaks_mp3(rate: int, bit_rate: int) -> None:
    form = {"container": "mp3", "sample_rate": rate, "bit_rate": bit_rate}
    async with Simulator(Given()) as simulator:
        _, pcm = await answer(simulator, "/tts/bytes", SPOKEN | {"output_format": RAW})
        kind, file = await answer(simulator, "/tts/bytes", SPOKEN | {"output_format": form})
    with av.open(io.BytesIO(file)) as given:
        assert given.streams.audio[0].rate == rate
    container, _, heard = played(file)
    assert (kind, container) == ("audio/mpeg", "mp3")
    assert alike(heard, np.frombuffer(pcm, dtype=np.int16)) > 0.97


@pytest.mark.parametrize("encoding", ["pcm_s16le", "pcm_f32le", "pcm_mulaw", "pcm_alaw"])
async def test_a_wav_file_of_cartesia_says_how_its_samples_are_written(encoding: str) -> None:
    form = {"container": "wav", "encoding": encoding, "sample_rate": 16_000}
    async with Simulator(Given()) as simulator:
        _, pcm = await answer(simulator, "/tts/bytes", SPOKEN | {"output_format": RAW})
        kind, file = await answer(simulator, "/tts/bytes", SPOKEN | {"output_format": form})
    container, codec, heard = played(file)
    assert (kind, container, codec) == ("audio/wav", "wav", encoding)
    assert alike(heard, np.frombuffer(pcm, dtype=np.int16)) > 0.98


@pytest.mark.parametrize(
    ("form", "message"),
    [
        ({"container": "mp3", "sample_rate": RATE}, "output_format.bit_rate is required"),
        ({"container": "mp3", "sample_rate": RATE, "bit_rate": 1}, "output_format.bit_rate must be one of 32000"),
        ({"container": "wav", "sample_rate": RATE}, "output_format.encoding is required"),
        ({"container": "flac", "sample_rate": RATE}, "output_format.container must be one of 'raw', 'wav', 'mp3'"),
        ({"sample_rate": RATE}, "output_format.container is required"),
        ("mp3", "output_format must be an object"),
    ],
)
async def test_a_file_that_cartesia_does_not_make_is_refused_by_name(form: object, message: str) -> None:
    headers = {"X-API-Key": "a", "Cartesia-Version": "2026-03-01"}
    async with Simulator(Given()) as simulator, aiohttp.ClientSession(headers=headers) as http:
        response = await http.post(f"{simulator.url}/tts/bytes", json=SPOKEN | {"output_format": form})
        error = await response.json()
    assert (response.status, error["error_code"]) == (400, "invalid_output_format")
    assert error["message"].startswith(message)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_a_speech_without_sound_is_a_file_all_the_same(kind: Any) -> None:
    assert isinstance(sound_file(b"", kind), bytes)
