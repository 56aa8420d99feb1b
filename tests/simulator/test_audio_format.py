"""Sessions in the formats of telephones, heard and spoken; FFmpeg is at the other end."""

from __future__ import annotations

import asyncio
import base64
import re

import av
import numpy as np
import pytest
from av.audio.codeccontext import AudioCodecContext

from bench.spoken import spoken
from simulator.audio_format import FORMATS
from simulator.g711 import A_LAW, MU_LAW, Law
from simulator.options import Options
from simulator.resampler import Samples
from simulator.server import Simulator
from simulator.voice import RATE, Speech, Voice, resample
from simulator.whisper import Whisper
from tests.simulator.minds import Given
from tests.simulator.test_recognizer import Listening, Slow
from tests.simulator.wire import GA, PREVIEW, Event, Wire, connect

WISH = "I would like to cancel my order, please."
LAWS = {"audio/pcmu": "pcm_mulaw", "audio/pcma": "pcm_alaw"}
PREVIEW_NAMES = {"audio/pcmu": "g711_ulaw", "audio/pcma": "g711_alaw"}
SILENCE = np.zeros(RATE // 2, np.int16)
in_both = pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
by_both_laws = pytest.mark.parametrize("form", LAWS)


class Steady(Voice):
    """Sounds the same in every run."""

    async def speak(self, text: str, voice: str, speed: float = 1.0) -> Speech:
        return Speech(text, await asyncio.to_thread(spoken, text), ())


def ffmpeg_encoded(samples: Samples, codec: str) -> bytes:
    """8 kHz samples as FFmpeg writes them."""
    encoder = av.CodecContext.create(codec, "w")
    assert isinstance(encoder, AudioCodecContext)
    encoder.sample_rate, encoder.layout, encoder.format = 8000, "mono", "s16"
    frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
    frame.sample_rate = 8000
    return b"".join(bytes(packet) for packet in [*encoder.encode(frame), *encoder.encode(None)])


def ffmpeg_decoded(data: bytes, codec: str) -> Samples:
    decoder = av.CodecContext.create(codec, "r")
    assert isinstance(decoder, AudioCodecContext)
    decoder.sample_rate, decoder.layout = 8000, "mono"
    return np.concatenate([frame.to_ndarray().ravel() for frame in decoder.decode(av.Packet(data))]).astype(np.int16)


def said(text: str) -> Samples:
    """A caller's words, with the silence that ends a turn."""
    return np.concatenate((SILENCE, np.frombuffer(spoken(text), np.int16), SILENCE))


def level(samples: Samples) -> float:
    """In decibels."""
    return float(20 * np.log10(np.sqrt(np.mean(samples.astype(np.float64) ** 2))))


def session(path: str, form: str) -> Event:
    """Both sides in one format, with transcripts."""
    if path == PREVIEW:
        name, model = PREVIEW_NAMES[form], {"model": "gpt-4o-transcribe"}
        return {"input_audio_format": name, "output_audio_format": name, "input_audio_transcription": model}
    heard = {"format": {"type": form}, "transcription": {"model": "gpt-4o-transcribe"}}
    return {"type": "realtime", "audio": {"input": heard, "output": {"format": {"type": form}}}}


def words(text: str) -> list[str]:
    return re.findall(r"\w+", text.lower())


async def send(wire: Wire, data: bytes) -> None:
    """As a telephone does: 20 ms a packet."""
    for start in range(0, len(data), 160):
        audio = base64.b64encode(data[start : start + 160]).decode()
        await wire.send("input_audio_buffer.append", audio=audio)


def spoken_on(wire: Wire) -> bytes:
    deltas = [
        event["delta"]
        for event in wire.seen
        if event["type"] in ("response.output_audio.delta", "response.audio.delta")
    ]
    return b"".join(map(base64.b64decode, deltas))


@pytest.mark.parametrize(("law", "codec"), [(MU_LAW, "pcm_mulaw"), (A_LAW, "pcm_alaw")])
def test_every_code_and_every_sample_is_as_ffmpeg_has_it(law: Law, codec: str) -> None:
    codes = bytes(range(256))
    assert np.array_equal(law.decode(codes), ffmpeg_decoded(codes, codec))

    samples = np.arange(-32768, 32768).astype(np.int16)
    ours = law.decode(law.encode(samples)).astype(np.int64)
    theirs = law.decode(ffmpeg_encoded(samples, codec)).astype(np.int64)
    assert np.max(np.abs(ours - samples) - np.abs(theirs - samples)) <= 1
    assert np.mean(ours != theirs) < 0.01


def test_silence_is_written_as_telephones_do() -> None:
    silence = np.zeros(3, np.int16)
    assert (MU_LAW.encode(silence), A_LAW.encode(silence)) == (b"\xff" * 3, b"\xd5" * 3)


@by_both_laws
def test_a_stream_in_pieces_is_what_it_is_in_one(form: str) -> None:
    data = np.random.default_rng(1).integers(0, 256, 800).astype(np.uint8).tobytes()
    whole, pieces = FORMATS[form].decoder(), FORMATS[form].decoder()
    parts = [pieces.decode(data[start:end]) for start, end in ((0, 1), (1, 1), (1, 8), (8, 168), (168, 800))]

    assert b"".join(parts) == whole.decode(data)
    assert len(b"".join(parts)) == 800 * 6


@by_both_laws
def test_a_tone_keeps_its_height_and_its_level_and_gains_no_other(form: str) -> None:
    time = np.arange(8000) / 8000
    told = (8000 * np.sin(2 * np.pi * 1000 * time)).astype(np.int16)
    heard = np.frombuffer(FORMATS[form].decoder().decode(ffmpeg_encoded(told, LAWS[form])), np.int16)
    spectrum = np.abs(np.fft.rfft(heard[2400:-2400].astype(np.float64) * np.hanning(len(heard) - 4800)))
    frequencies = np.fft.rfftfreq(len(heard) - 4800, 1 / RATE)

    assert level(heard[2400:]) == pytest.approx(level(told), abs=0.2)
    assert frequencies[np.argmax(spectrum)] == pytest.approx(1000, abs=2)
    mirrored = spectrum[(frequencies > 4500) & (frequencies < 11_000)].max()
    assert 20 * np.log10(spectrum.max() / mirrored) > 40


@in_both
@by_both_laws
async def test_a_caller_by_telephone_is_heard_at_their_level(path: str, form: str) -> None:
    ears = Slow("Hello.")
    ears.go_on.set()
    turn = said(WISH)
    async with (
        Simulator(Listening(), Options(pace=1000), recognizer=ears) as simulator,
        connect(simulator, path) as wire,
    ):
        await wire.ask("session.update", "session.updated", session=session(path, form))
        await send(wire, ffmpeg_encoded(resample(turn, RATE, 8000), LAWS[form]))
        started = await wire.until("input_audio_buffer.speech_started")
        stopped = await wire.until("input_audio_buffer.speech_stopped")
        await wire.until("response.done")

    heard = np.frombuffer(ears.heard[0], np.int16)
    assert stopped["audio_end_ms"] - started["audio_start_ms"] == pytest.approx(len(heard) / 24, abs=1)
    voiced = turn[len(SILENCE) : -len(SILENCE)]
    # The turn holds silence around the words.
    loudness = level(voiced) + 10 * np.log10(len(voiced) / len(heard))
    assert level(heard) == pytest.approx(loudness, abs=1.5)


@in_both
@by_both_laws
async def test_what_is_said_by_telephone_is_understood_and_so_is_the_answer(
    path: str, form: str, whisper: Whisper
) -> None:
    mind, options = Listening(WISH), Options(pace=1000)
    async with (
        Simulator(mind, options, recognizer=whisper, voice=Steady()) as simulator,
        connect(simulator, path) as wire,
    ):
        updated = (await wire.ask("session.update", "session.updated", session=session(path, form)))["session"]
        await send(wire, ffmpeg_encoded(resample(said(WISH), RATE, 8000), LAWS[form]))
        done = (await wire.until("response.done"))["response"]
    answer = resample(ffmpeg_decoded(spoken_on(wire), LAWS[form]), 8000, RATE)
    heard = await whisper.recognize(np.concatenate((SILENCE, answer, SILENCE)).tobytes())

    assert words(mind.requests[0].items[0].text) == words(heard) == words(WISH)
    if path == PREVIEW:
        assert updated["input_audio_format"] == done["output_audio_format"] == PREVIEW_NAMES[form]
    else:
        assert updated["audio"]["input"]["format"] == done["audio"]["output"]["format"] == {"type": form}


@by_both_laws
async def test_an_answer_is_as_long_and_as_loud_as_in_pcm(form: str) -> None:
    async with Simulator(Given(otherwise="Good morning."), Options(pace=1000)) as simulator, connect(simulator) as wire:
        await wire.ask("response.create", "response.done")
        plain = np.frombuffer(spoken_on(wire), np.int16)
        wire.seen.clear()
        response = {"audio": {"output": {"format": {"type": form}}}}
        done = await wire.ask("response.create", "response.done", response=response)
        packets = [event for event in wire.seen if event["type"] == "response.output_audio.delta"]
        narrow = ffmpeg_decoded(spoken_on(wire), LAWS[form])
        item_id, length = done["response"]["output"][0]["id"], round(len(narrow) / 8)

        assert len(base64.b64decode(packets[0]["delta"])) == 800
        assert length == pytest.approx(len(plain) / 24, abs=1)
        assert level(narrow) == pytest.approx(level(resample(plain, RATE, 8000)), abs=0.5)
        place = {"item_id": item_id, "content_index": 0}
        too_long = await wire.error("conversation.item.truncate", **place, audio_end_ms=length + 50)
        assert too_long["code"] == "invalid_value"
        await wire.ask("conversation.item.truncate", "conversation.item.truncated", **place, audio_end_ms=length - 5)


async def test_the_format_of_a_session_may_change_and_null_leaves_it() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        shown = []
        for given in ({"type": "audio/pcma"}, None, {"type": "audio/pcm"}):
            patch = {"type": "realtime", "audio": {"input": {"format": given}}}
            updated = await wire.ask("session.update", "session.updated", session=patch)
            shown.append(updated["session"]["audio"]["input"]["format"])
        assert shown == [{"type": "audio/pcma"}, {"type": "audio/pcma"}, {"type": "audio/pcm", "rate": 24000}]
