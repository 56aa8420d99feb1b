"""Sessions that only write down what they hear, how sure transcripts are, and the audio of an item."""

from __future__ import annotations

import asyncio
import base64
import json
import logging

import aiohttp
import numpy as np
import pytest
from livekit import rtc
from livekit.agents import stt
from livekit.plugins import openai

from bench.spoken import spoken
from simulator.g711 import A_LAW
from simulator.options import Options
from simulator.server import Simulator
from simulator.voice import RATE, resample
from tests.simulator.minds import Given
from tests.simulator.mutation import Mutations
from tests.simulator.wire import GA, PATIENCE, PREVIEW, SILENCE, Event, Wire, connect, tone

INTENT = "/openai/v1/realtime?intent=transcription"
PREVIEW_INTENT = "/openai/realtime?api-version=2025-04-01-preview&intent=transcription"
TRANSCRIPT = "conversation.item.input_audio_transcription"
LOGPROBS = "item.input_audio_transcription.logprobs"
TURN = SILENCE * 5 + spoken("Hello there.") + SILENCE * 8
MODEL = {"model": "gpt-4o-transcribe"}
paths = pytest.mark.parametrize("path", [INTENT, PREVIEW_INTENT], ids=["ga", "preview"])


async def configure(wire: Wire, path: str, include: list[str] | None = None, **heard: object) -> Event:
    """Ask for transcripts, in the words of the dialect; the session as it is told."""
    if path == INTENT:
        kind, answer = "session.update", "session.updated"
        session: Event = {"type": "transcription", "audio": {"input": {"transcription": MODEL} | heard}}
    else:
        kind, answer = "transcription_session.update", "transcription_session.updated"
        session = {"input_audio_transcription": MODEL} | heard
    updated = await wire.ask(kind, answer, session=session | {"include": include})
    told: Event = updated["session"]
    return told


@paths
async def test_a_session_with_that_intent_begins_as_one(path: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, path, greeted=False) as wire:
        created = await wire.next()
        session = created["session"]

        assert created["type"] == ("session.created" if path == INTENT else "transcription_session.created")
        assert session["object"] == "realtime.transcription_session"
        assert not session.keys() & {"voice", "instructions", "tools", "output_modalities"}
        assert session.get("type", "transcription") == "transcription"


@paths
async def test_a_turn_is_written_down_and_not_answered(path: str) -> None:
    async with (
        Simulator(Given(hears=["Hello there.", "Once more."])) as simulator,
        connect(simulator, path, False) as wire,
    ):
        told = await configure(wire, path)
        for words in ("Hello there.", "Once more."):
            await wire.append(TURN)
            assert (await wire.until(f"{TRANSCRIPT}.completed"))["transcript"] == words
        kinds = wire.kinds()

        heard = told["input_audio_transcription"] if path == PREVIEW_INTENT else told["audio"]["input"]["transcription"]
        assert heard == MODEL
        assert {"input_audio_buffer.speech_started", "input_audio_buffer.committed", f"{TRANSCRIPT}.delta"} <= {*kinds}
        assert not [kind for kind in kinds if kind.startswith("response.")]
        assert simulator.sessions[0]["number"] == 1


@paths
async def test_there_is_nothing_to_respond_with(path: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, path, greeted=False) as wire:
        for kind in ("response.create", "response.cancel"):
            error = await wire.error(kind)
            assert (error["code"], error["param"]) == ("invalid_value", "type")
        await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")


@pytest.mark.parametrize(
    ("path", "kind", "session", "param"),
    [
        (INTENT, "session.update", {"type": "realtime"}, "session.type"),
        (INTENT, "session.update", {"type": "transcription", "instructions": "x"}, "session.instructions"),
        (INTENT, "session.update", {"type": "transcription", "tool_choice": "auto"}, "session.tool_choice"),
        (INTENT, "session.update", {"type": "transcription", "audio": {"output": {}}}, "session.audio.output"),
        (INTENT, "session.update", {"type": "transcription", "include": ["x"]}, "session.include[0]"),
        (PREVIEW_INTENT, "session.update", {}, "type"),
        (PREVIEW_INTENT, "transcription_session.update", {"voice": "alloy"}, "session.voice"),
        (PREVIEW_INTENT, "transcription_session.update", {"include": ["x"]}, "session.include[0]"),
        (PREVIEW_INTENT, "transcription_session.update", {"turn_detection": {"threshold": 3}},
         "session.turn_detection.threshold"),
        (GA, "session.update", {"type": "transcription"}, "session.type"),
        (PREVIEW, "transcription_session.update", {}, "type"),
    ],
)  # fmt: skip
async def test_each_kind_of_session_has_its_own_words(path: str, kind: str, session: Event, param: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, path, greeted=False) as wire:
        assert (await wire.error(kind, session=session))["param"] == param


@paths
async def test_a_deployment_is_checked_where_one_is_named(path: str) -> None:
    options = Options(deployments=frozenset({"known"}))
    async with Simulator(Given(), options) as simulator, aiohttp.ClientSession() as http:
        named = f"{simulator.url}{path}&{'model' if path == INTENT else 'deployment'}="
        async with http.ws_connect(named + "known", headers={"api-key": "k"}) as socket:
            await socket.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(named + "unknown", headers={"api-key": "k"})
        assert refused.value.status == 404


SOUND = base64.b64encode(SILENCE).decode()
VAD = {"type": "server_vad", "threshold": 0.5, "prefix_padding_ms": 300, "silence_duration_ms": 200}
HEARD = {"noise_reduction": {"type": "near_field"}, "turn_detection": VAD,
         "transcription": {"model": "whisper-1", "language": "en", "prompt": "orders"}}  # fmt: skip
UPDATES: dict[str, Event] = {
    INTENT: {"type": "session.update", "session": {
        "type": "transcription", "include": [LOGPROBS],
        "audio": {"input": HEARD | {"format": {"type": "audio/pcmu"}}}}},
    PREVIEW_INTENT: {"type": "transcription_session.update", "session": {
        "input_audio_format": "g711_alaw", "input_audio_transcription": HEARD["transcription"], "turn_detection": VAD,
        "input_audio_noise_reduction": HEARD["noise_reduction"], "include": [LOGPROBS], "modalities": ["text"]}},
}  # fmt: skip
OTHERS: list[Event] = [
    {"type": "input_audio_buffer.append", "audio": SOUND, "event_id": "e1"},
    {"type": "input_audio_buffer.commit", "event_id": "e1"},
    {"type": "conversation.item.retrieve", "item_id": "nobody"},
    {"type": "conversation.item.delete", "item_id": "nobody"},
]


@paths
async def test_it_survives_whatever_is_wrong_in_an_event(path: str, caplog: pytest.LogCaptureFixture) -> None:
    mutations, update = Mutations(seed=13), UPDATES[path]
    empty = update | {"session": {"type": "transcription"} if path == INTENT else {}}
    options = Options(detector="energy")
    async with Simulator(Given(), options) as simulator, connect(simulator, path, greeted=False) as wire:
        shown = [await told(wire, empty)]
        for _ in range(300):
            wire.seen.clear()
            await wire.socket.send_str(json.dumps(mutations.of([update] * 4 + OTHERS)))
            shown.append(await told(wire, empty))
            errors = [event["error"] for event in wire.seen if event["type"] == "error"]
            assert all(error["type"] == "invalid_request_error" for error in errors)
            assert len(errors) <= 1
            assert not errors or shown[-1] == shown[-2]
    assert len({json.dumps(session) for session in shown}) > 10
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def told(wire: Wire, empty: Event) -> Event:
    """The session as it is, by an update that changes nothing."""
    await wire.socket.send_str(json.dumps(empty))
    await wire.ask("input_audio_buffer.clear", "input_audio_buffer.cleared")
    session: Event = [e for e in wire.seen if e["type"].endswith("session.updated")][-1]["session"]
    return session


async def test_livekits_speech_to_text_has_its_transcript() -> None:
    async with Simulator(Given(hears=["Hello there."])) as simulator, aiohttp.ClientSession() as http:
        speech = openai.STT(base_url=f"{simulator.url}/v1", api_key="k", use_realtime=True, model="gpt-4o-transcribe")
        speech._session = http
        stream = speech.stream()
        for start in range(0, len(TURN) - 4799, 4800):
            stream.push_frame(rtc.AudioFrame(TURN[start : start + 4800], RATE, 1, 2400))
        async with asyncio.timeout(PATIENCE):
            async for event in stream:
                if event.type is stt.SpeechEventType.FINAL_TRANSCRIPT:
                    break
        assert event.alternatives[0].text == "Hello there."
        assert list(simulator.errors) == []
        await stream.aclose()
        await speech.aclose()


@pytest.mark.parametrize("model", ["gpt-4o-transcribe", "whisper-1"])
@paths
async def test_transcripts_tell_how_sure_they_are_where_that_is_asked_for(path: str, model: str) -> None:
    async with Simulator(Given(hears=["Hello there."] * 2)) as simulator, connect(simulator, path, False) as wire:
        for include in ([LOGPROBS], []):
            name = "transcription" if path == INTENT else "input_audio_transcription"
            await configure(wire, path, include, **{name: {"model": model}})
            wire.seen.clear()
            await wire.append(TURN)
            completed = await wire.until(f"{TRANSCRIPT}.completed")
            deltas = [event for event in wire.seen if event["type"] == f"{TRANSCRIPT}.delta"]
            if model == "whisper-1" or not include:
                assert not [event for event in (*deltas, completed) if "logprobs" in event]
                continue
            told = [sure for event in deltas for sure in event["logprobs"]]
            assert completed["logprobs"] == told
            assert [sure["token"] for sure in told] == ["Hello", " there."]
            assert [bytes(sure["bytes"]).decode() for sure in told] == ["Hello", " there."]
            assert all(-1 < sure["logprob"] < 0 for sure in told)


async def test_a_session_that_converses_tells_how_sure_it_is_as_well() -> None:
    async with Simulator(Given(hears=["Hello."])) as simulator, connect(simulator) as wire:
        heard = {"input": {"transcription": MODEL, "turn_detection": None}}
        await wire.send("session.update", session={"type": "realtime", "include": [LOGPROBS], "audio": heard})
        await wire.append(TURN)
        completed = await wire.ask("input_audio_buffer.commit", f"{TRANSCRIPT}.completed")
        assert [sure["token"] for sure in completed["logprobs"]] == ["Hello."]


async def retrieved(wire: Wire, item_id: str) -> bytes | None:
    event = await wire.ask("conversation.item.retrieve", "conversation.item.retrieved", item_id=item_id)
    audio = event["item"]["content"][0].get("audio")
    return None if audio is None else base64.b64decode(audio)


@pytest.mark.parametrize("path", [GA, PREVIEW], ids=["ga", "preview"])
async def test_an_item_is_retrieved_with_its_audio(path: str) -> None:
    kind = {"type": "realtime"} if path == GA else {}
    detection: Event = {"audio": {"input": {"turn_detection": None}}} if path == GA else {"turn_detection": None}
    async with Simulator(Given("Good morning.", hears=["Hello."])) as simulator, connect(simulator, path) as wire:
        await wire.send("session.update", session=kind | detection)
        sound = tone(0.3)
        await wire.append(sound)
        committed = await wire.ask("input_audio_buffer.commit", "input_audio_buffer.committed")
        done = await wire.ask("response.create", "response.done")
        said = b"".join(base64.b64decode(e["delta"]) for e in wire.seen if e["type"].endswith("audio.delta"))

        assert await retrieved(wire, committed["item_id"]) == sound
        item_id = done["response"]["output"][0]["id"]
        assert await retrieved(wire, item_id) == said
        place = {"item_id": item_id, "content_index": 0, "audio_end_ms": 100}
        await wire.ask("conversation.item.truncate", "conversation.item.truncated", **place)
        assert await retrieved(wire, item_id) == said[:4800]


async def test_the_audio_of_an_item_is_in_the_format_of_the_session() -> None:
    async with Simulator(Given(hears=["Hello."])) as simulator, connect(simulator) as wire:
        heard = {"turn_detection": None}
        await wire.send("session.update", session={"type": "realtime", "audio": {"input": heard}})
        sound = tone(0.3)
        await wire.append(sound)
        item_id = (await wire.ask("input_audio_buffer.commit", "input_audio_buffer.committed"))["item_id"]
        patch = {"type": "realtime", "audio": {"input": {"format": {"type": "audio/pcma"}}}}
        await wire.ask("session.update", "session.updated", session=patch)

        narrow = resample(np.frombuffer(sound, np.int16), RATE, 8000)
        assert await retrieved(wire, item_id) == A_LAW.encode(narrow)


async def test_an_item_without_sound_has_no_audio_and_none_has_where_nothing_is_kept() -> None:
    async with (
        Simulator(Given(hears=["Hello."]), Options(retrieved_audio=False)) as simulator,
        connect(simulator) as wire,
    ):
        await wire.send("session.update", session={"type": "realtime", "audio": {"input": {"turn_detection": None}}})
        await wire.append(tone(0.3))
        item_id = (await wire.ask("input_audio_buffer.commit", "input_audio_buffer.committed"))["item_id"]
        assert await retrieved(wire, item_id) is None
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        content = [{"type": "input_text", "text": "Hello."}]
        item = {"id": "one", "type": "message", "role": "user", "content": content}
        await wire.send("conversation.item.create", item=item)
        assert await retrieved(wire, "one") is None
