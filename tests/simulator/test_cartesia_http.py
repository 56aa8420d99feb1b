"""Cartesia over HTTP: speech as events, the voices; and the times of sounds, and voices by their id alone."""

from __future__ import annotations

import base64
import json
from typing import Any

import aiohttp
import pytest

from simulator.options import Options
from simulator.server import Simulator
from simulator.voice import RATE, Phoneme, synthesize
from tests.simulator.minds import Given
from tests.simulator.test_cartesia import FORMAT, KEY, connect

ASKED = {
    "model_id": "sonic-3.5", "transcript": "Where is my order?", "voice": {"mode": "id", "id": "v1"},
    "output_format": FORMAT, "context_id": "c1", "add_timestamps": True, "add_phoneme_timestamps": True,
}  # fmt: skip
VOICES = {f"voice-{number}": f"Voice {number}" for number in range(25)}


async def events(simulator: Simulator, **fields: Any) -> list[tuple[str, dict[str, Any]]]:
    """The events of a request, by name, with their data."""
    url = f"{simulator.url}/tts/sse"
    async with aiohttp.ClientSession(headers=KEY) as http, http.post(url, json=ASKED | fields) as response:
        assert (response.status, response.content_type) == (200, "text/event-stream")
        blocks = (await response.text()).strip().split("\n\n")
    pairs = [block.split("\n") for block in blocks]
    return [(name.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for name, data in pairs]


async def refusal(simulator: Simulator, fields: dict[str, Any]) -> tuple[int, str]:
    headers, url = KEY | {"Cartesia-Version": "2026-03-01"}, f"{simulator.url}/tts/sse"
    async with aiohttp.ClientSession(headers=headers) as http, http.post(url, json=ASKED | fields) as response:
        return response.status, (await response.json())["error_code"]


async def voices(simulator: Simulator, path: str = "/voices") -> tuple[int, dict[str, Any]]:
    async with aiohttp.ClientSession(headers=KEY) as http, http.get(simulator.url + path) as response:
        return response.status, await response.json()


async def test_speech_comes_as_events_from_its_times_to_its_end() -> None:
    async with Simulator(Given()) as simulator:
        heard = await events(simulator)
        spoken = simulator.cartesia.spoken_by("v1")
    kinds = [name for name, _ in heard]
    chunks = [data for name, data in heard if name == "chunk"]

    assert kinds[:2] + kinds[-1:] == ["timestamps", "phoneme_timestamps", "done"]
    assert {*kinds[2:-1]} == {"chunk"}
    assert all(data["type"] == name and data["context_id"] == "c1" for name, data in heard)
    assert [data["done"] for _, data in heard] == [False] * (len(heard) - 1) + [True]
    assert spoken == ["Where is my order?"]
    seconds = sum(len(base64.b64decode(chunk["data"])) for chunk in chunks) / 2 / RATE
    assert heard[0][1]["word_timestamps"]["words"] == ["Where", "is", "my", "order?"]
    assert heard[0][1]["word_timestamps"]["end"][-1] == pytest.approx(seconds, abs=0.01)


async def test_no_times_come_where_none_are_asked_for() -> None:
    async with Simulator(Given()) as simulator:
        heard = await events(simulator, add_timestamps=False, add_phoneme_timestamps=False)
    assert {name for name, _ in heard} == {"chunk", "done"}


async def test_a_stream_of_events_may_die() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession(headers=KEY) as http:
        simulator.faults.add("cartesia_drop", after_ms=200)
        async with http.post(f"{simulator.url}/tts/sse", json=ASKED) as response:
            heard = await response.content.read(1)
            with pytest.raises(aiohttp.ClientPayloadError):
                while more := await response.content.readany():
                    heard += more
        assert heard.count(b"event: chunk") == 3
        assert b"event: done" not in heard


@pytest.mark.parametrize(
    ("fields", "answer"),
    [
        ({"output_format": FORMAT | {"container": "wav"}}, (400, "invalid_output_format")),
        ({"voice": {}}, (400, "voice_required")),
        ({"model_id": "sonic-old"}, (400, "model_sunsetted")),
        ({"transcript": None}, (400, "invalid_request")),
    ],
)
async def test_what_cannot_be_spoken_is_refused_before_it_begins(
    fields: dict[str, Any], answer: tuple[int, str]
) -> None:
    async with Simulator(Given(), Options(cartesia_sunset=frozenset({"sonic-old"}))) as simulator:
        assert await refusal(simulator, fields) == answer
        assert not simulator.cartesia.spoken


def test_sounds_have_times_that_follow_the_words() -> None:
    speech = synthesize("Where is my order?", "v1", 1.0)
    sounds = speech.phonemes

    assert "".join(sound.symbol for sound in sounds).replace("\u02c8", "").replace("\u02cc", "").startswith("w")
    assert any("m" in sound.symbol for sound in sounds)
    assert all(sound.start_ms <= sound.end_ms for sound in sounds)
    assert [sound.start_ms for sound in sounds] == sorted(sound.start_ms for sound in sounds)
    assert sounds[-1].end_ms <= speech.ms
    third = speech.words[2]
    m = next(sound for sound in sounds if sound.symbol == "m")
    assert m.start_ms == pytest.approx(third.start_ms, abs=30)
    assert all(isinstance(sound, Phoneme) and sound.symbol for sound in sounds)


async def test_the_times_of_sounds_count_on_over_a_context() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.say("Good morning. ", add_phoneme_timestamps=True, more=True)
        await client.say("Goodbye. ", add_phoneme_timestamps=True)
        await client.until("done")
        stamps = [m["phoneme_timestamps"] for m in client.seen if m["type"] == "phoneme_timestamps"]

        starts = [start for stamp in stamps for start in stamp["start"]]
        assert len(stamps) == 2
        assert starts == sorted(starts)
        assert [len(stamp["phonemes"]) for stamp in stamps] == [len(stamp["end"]) for stamp in stamps]
        assert client.seconds() - 0.5 < stamps[1]["end"][-1] <= client.seconds() + 0.01
        assert not [m for m in client.seen if m["type"] == "timestamps"]


async def test_a_voice_may_be_given_by_its_id_alone_and_is_the_same_voice() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.send({"voice": "v1", "continue": True})
        await client.send({"voice": {"mode": "id", "id": "v1"}, "continue": False})
        await client.until("done")
        assert [said.voice for said in simulator.cartesia.spoken] == ["v1", "v1"]


async def test_voices_are_listed_in_pages() -> None:
    async with Simulator(Given(), Options(cartesia_voices=VOICES)) as simulator:
        seen, path = [], "/voices?limit=10"
        while True:
            _, page = await voices(simulator, path)
            seen += [voice["id"] for voice in page["data"]]
            if not page["has_more"]:
                break
            path = f"/voices?limit=10&starting_after={page['next_page']}"
        _, before = await voices(simulator, "/voices?limit=2&ending_before=voice-5")

    assert seen == list(VOICES)
    assert [voice["name"] for voice in before["data"]] == ["Voice 3", "Voice 4"]


async def test_one_voice_is_told_by_its_id() -> None:
    async with Simulator(Given(), Options(cartesia_voices=VOICES)) as simulator:
        assert (await voices(simulator, "/voices/voice-7"))[1]["name"] == "Voice 7"
        assert (await voices(simulator, "/voices/nobody"))[0] == 404


@pytest.mark.parametrize("limit", ["0", "101", "x", "-1", "1" * 5000])
async def test_a_page_of_voices_has_a_size(limit: str) -> None:
    async with Simulator(Given()) as simulator:
        assert (await voices(simulator, f"/voices?limit={limit}"))[0] == 400


@pytest.mark.parametrize(("method", "path"), [("GET", "/voices"), ("GET", "/voices/x"), ("POST", "/tts/sse")])
async def test_without_a_key_nothing_is_told(method: str, path: str) -> None:
    async with (
        Simulator(Given()) as simulator,
        aiohttp.ClientSession() as http,
        http.request(method, simulator.url + path, json=ASKED) as response,
    ):
        assert response.status == 401
