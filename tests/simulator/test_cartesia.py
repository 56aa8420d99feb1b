"""Cartesia on the bare socket."""

from __future__ import annotations

import asyncio
import base64
import json
import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import aiohttp
import pytest

from simulator.options import Options
from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.mutation import Mutations
from tests.simulator.wire import PATIENCE

Message = dict[str, Any]
PATH = "/tts/websocket?cartesia_version=2025-04-16"
FORMAT = {"container": "raw", "encoding": "pcm_s16le", "sample_rate": 24_000}
KEY = {"X-API-Key": "a-key"}
MESSAGES: list[Message] = [
    {
        "context_id": "c1", "model_id": "sonic-3.5", "transcript": "Hello. ", "voice": {"mode": "id", "id": "v1"},
        "output_format": FORMAT, "language": "en", "continue": True, "flush": True, "max_buffer_delay_ms": 10,
        "add_timestamps": True, "generation_config": {"speed": 1.2, "volume": 1.0, "emotion": "calm"},
        "pronunciation_dict_id": None,
    },
    {
        "context_id": "c2", "model_id": "sonic-2", "transcript": "Hello.", "output_format": FORMAT, "duration": 2.0,
        "voice": {"mode": "embedding", "embedding": [0.1, 0.2]}, "continue": False,
    },
    {"context_id": "c1", "cancel": True},
]  # fmt: skip


class Client:
    """A Cartesia client."""

    def __init__(self, socket: aiohttp.ClientWebSocketResponse) -> None:
        self.socket = socket
        self.seen: list[Message] = []

    async def say(
        self, transcript: str, context: str = "c1", voice: str = "v1", more: bool = False, **fields: Any
    ) -> None:
        await self.send(
            {"transcript": transcript, "context_id": context, "voice": {"mode": "id", "id": voice}, "continue": more}
            | fields
        )

    async def send(self, fields: Message) -> None:
        """A message with these fields, and others that are right."""
        message = {
            "model_id": "sonic-3.5",
            "transcript": "Hello.",
            "voice": {"mode": "id", "id": "v1"},
            "language": "en",
            "output_format": FORMAT,
            "context_id": "c1",
            "max_buffer_delay_ms": 0,
            "continue": False,
        }
        await self.socket.send_str(json.dumps(message | fields))

    async def until(self, kind: str, context: str | None = "c1") -> Message:
        while True:
            async with asyncio.timeout(PATIENCE):
                message: Message = json.loads(await self.socket.receive_str())
            self.seen.append(message)
            if (message["type"], message["context_id"]) == (kind, context):
                return message

    def seconds(self, context: str = "c1") -> float:
        return sum(
            len(base64.b64decode(m["data"])) / 48_000
            for m in self.seen
            if m["type"] == "chunk" and m["context_id"] == context
        )


@asynccontextmanager
async def connect(simulator: Simulator, path: str = PATH) -> AsyncIterator[Client]:
    async with aiohttp.ClientSession() as http, http.ws_connect(simulator.url + path, headers=KEY) as socket:
        yield Client(socket)


async def test_a_context_speaks_what_it_is_given_in_order() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.say("Good morning. ", add_timestamps=True, more=True)
        await client.say("Goodbye. ", add_timestamps=True, more=True)
        await client.say(" ", add_timestamps=True)
        done = await client.until("done")

        assert done["done"] is True
        assert simulator.cartesia.spoken_by("v1") == ["Good morning. ", "Goodbye. "]
        stamps = [m["word_timestamps"] for m in client.seen if m["type"] == "timestamps"]
        assert [word for stamp in stamps for word in stamp["words"]] == ["Good", "morning.", "Goodbye."]
        starts = [start for stamp in stamps for start in stamp["start"]]
        assert starts == sorted(starts)
        assert stamps[-1]["end"][-1] == pytest.approx(client.seconds(), abs=0.05)
        assert simulator.cartesia.active == 0


async def test_contexts_on_one_socket_are_kept_apart() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.say("Good morning.", "c1", "v1")
        await client.say("Good evening.", "c2", "v2")
        await client.until("done", "c2")

        assert simulator.cartesia.opened == 1
        assert [(s.voice, s.text, s.context_id) for s in simulator.cartesia.spoken] == [
            ("v1", "Good morning.", "c1"),
            ("v2", "Good evening.", "c2"),
        ]


async def test_a_voice_may_be_given_by_its_embedding() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.send({"voice": {"mode": "embedding", "embedding": [0.1, 0.2]}})
        await client.until("done")

        assert simulator.cartesia.spoken_by("embedding") == ["Hello."]


async def test_words_wait_for_their_sentence_when_the_client_lets_them() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        for word in ("Good ", "morning, ", "everybody. "):
            await client.say(word, max_buffer_delay_ms=1000, more=True)
        await client.say("", max_buffer_delay_ms=1000)
        await client.until("done")

        assert simulator.cartesia.spoken_by("v1") == ["Good morning, everybody. "]


async def test_a_flush_is_acknowledged_and_numbers_what_follows() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.say("One. ", more=True)
        await client.say("", flush=True, more=True)
        flushed = await client.until("flush_done")
        await client.say("Two.")
        await client.until("done")

        assert (flushed["flush_done"], flushed["flush_id"]) == (True, 1)
        assert client.seen[-2]["flush_id"] == 1


async def test_a_cancel_stops_what_has_not_begun() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.say("This sentence has begun, and is spoken to its end. ", more=True)
        await client.until("chunk")
        await client.say("This one has not.", more=True)
        await client.socket.send_str(json.dumps({"context_id": "c1", "cancel": True}))
        await client.until("done")

        assert len(simulator.cartesia.spoken) == 1
        assert client.seconds() > 2
        assert simulator.cartesia.cancelled == ["c1"]


@pytest.mark.parametrize(
    ("fields", "message"),
    [
        ({"model_id": "sonic-9"}, "Invalid model: sonic-9"),
        ({"output_format": {"container": "raw", "encoding": "mp3", "sample_rate": 1}}, "encoding must be one of"),
        ({"voice": {}}, "voice is required"),
    ],
)
async def test_a_wrong_request_is_refused_and_the_socket_lives(fields: Message, message: str) -> None:
    options = Options(cartesia_models=frozenset({"sonic-3.5"}))
    async with Simulator(Given(), options) as simulator, connect(simulator) as client:
        await client.send(fields)
        error = await client.until("error")
        await client.say("Hello.", "c2")
        await client.until("done", "c2")

        assert message in error["error"]
        assert error["status_code"] == 400


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"model_id": "sonic-2"}, "model_sunsetted"),
        ({"generation_config": {"speed": 1.2}}, "invalid_request"),
        ({"generation_config": {"volume": 0.8, "emotion": "calm"}}, "invalid_request"),
    ],
)
async def test_a_model_that_has_ended_and_controls_that_a_model_lacks_are_refused(fields: Message, code: str) -> None:
    path = "/tts/websocket?cartesia_version=2026-03-01"
    options = Options(cartesia_sunset=frozenset({"sonic-2"}), cartesia_uncontrolled=frozenset({"sonic-3.5"}))
    async with Simulator(Given(), options) as simulator, connect(simulator, path) as client:
        await client.say("Hello.", **fields)
        error = await client.until("error")
        await client.say("Hello.", "c2", generation_config={"emotion": "calm"})
        await client.until("done", "c2")
        await client.say("Hello.", "c3", model_id="sonic-3", generation_config={"speed": 1.2})
        await client.until("done", "c3")

        assert (error["status_code"], error["error_code"]) == (400, code)
        assert [said.context_id for said in simulator.cartesia.spoken] == ["c2", "c3"]


async def test_a_request_that_does_not_fit_its_context_ends_it_and_its_name_is_free() -> None:
    async with Simulator(Given(), Options(cartesia_contexts=1)) as simulator, connect(simulator) as client:
        await client.say("This sentence is not spoken to its end, because of what follows. ", more=True)
        await client.until("chunk")
        await client.say("Hello.", voice="v2")
        error = await client.until("error")
        assert (error["done"], simulator.cartesia.active) == (True, 0)
        assert "must stay the same" in error["error"]

        client.seen.clear()
        await client.say("Hello.", voice="v2")
        await client.until("done")
        assert [said.voice for said in simulator.cartesia.spoken] == ["v1", "v2"]
        assert client.seconds() < 2


def sound(**fields: Any) -> Message:
    return {"output_format": FORMAT | fields}


def controls(**fields: Any) -> Message:
    return {"generation_config": fields}


WRONG: list[tuple[Message, str, str]] = [
    (sound(sample_rate=0), "invalid_output_format", "output_format.sample_rate must be one of 8000, 16000"),
    (sound(sample_rate=-1), "invalid_output_format", "output_format.sample_rate"),
    (sound(sample_rate=10**9), "invalid_output_format", "output_format.sample_rate"),
    (sound(sample_rate="24000"), "invalid_output_format", "output_format.sample_rate"),
    (sound(encoding=["pcm_s16le"]), "invalid_output_format", "output_format.encoding must be one of 'pcm_s16le'"),
    (sound(container="mp3"), "invalid_output_format", "output_format.container must be one of 'raw'"),
    (sound(container="wav"), "invalid_output_format", "output_format.container must be one of 'raw'"),
    ({"output_format": "raw"}, "invalid_output_format", "output_format must be an object"),
    ({"output_format": None}, "invalid_output_format", "output_format is required"),
    ({"voice": 5}, "voice_required", "voice must be an object"),
    ({"voice": {"mode": "id"}}, "voice_required", "voice is required"),
    ({"voice": {"mode": "id", "id": 5}}, "voice_required", "voice.id: Input should be a valid string"),
    ({"max_buffer_delay_ms": None}, "invalid_request", "max_buffer_delay_ms is required"),
    ({"max_buffer_delay_ms": "soon"}, "invalid_request", "max_buffer_delay_ms: Input should be a valid integer"),
    ({"max_buffer_delay_ms": -1}, "invalid_request", "max_buffer_delay_ms: Input should be greater than or equal to 0"),
    ({"max_buffer_delay_ms": 10**12}, "invalid_request", "max_buffer_delay_ms"),
    ({"generation_config": [1]}, "invalid_request", "generation_config must be an object"),
    (controls(speed=99), "invalid_request", "generation_config.speed: Input should be less than or equal to 2"),
    (controls(speed="fast"), "invalid_request", "generation_config.speed: Input should be a valid number"),
    (controls(volume=0), "invalid_request", "generation_config.volume: Input should be greater than or equal to 0.5"),
    ({"transcript": None}, "invalid_request", "transcript is required"),
    ({"transcript": ["Hello."]}, "invalid_request", "transcript: Input should be a valid string"),
    ({"model_id": ""}, "invalid_request", "model_id"),
    ({"model_id": {}}, "invalid_request", "model_id: Input should be a valid string"),
    ({"continue": "yes"}, "invalid_request", "continue: Input should be a valid boolean"),
    ({"cancel": "yes"}, "invalid_request", "cancel: Input should be a valid boolean"),
    ({"duration": 0}, "invalid_request", "duration: Input should be greater than 0"),
    ({"add_timestamps": 1}, "invalid_request", "add_timestamps: Input should be a valid boolean"),
]


@pytest.mark.parametrize(("fields", "code", "message"), WRONG)
async def test_a_wrong_field_is_named_and_no_context_begins(fields: Message, code: str, message: str) -> None:
    path = "/tts/websocket?cartesia_version=2026-03-01"
    async with Simulator(Given(), Options(cartesia_contexts=1)) as simulator, connect(simulator, path) as client:
        await client.send(fields)
        error = await client.until("error")
        assert (error["status_code"], error["error_code"], error["done"]) == (400, code, True)
        assert error["message"].startswith(message)
        assert simulator.cartesia.active == 0

        await client.say("Hello.", "c2")
        await client.until("done", "c2")


@pytest.mark.parametrize(
    "frame",
    ["{", "[]", "5", "[" * 100_000 + "]" * 100_000, '{"context_id": "c1", "transcript": ' + "9" * 5000 + "}",
     '{"context_id": "c1", "transcript": "\\ud800"}'],
    ids=["broken", "a list", "a number", "deep", "digits", "half a character"],
)  # fmt: skip
async def test_a_frame_that_is_no_message_is_refused_and_the_socket_lives(frame: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        await client.say("Good morning, everybody. ", more=True)
        await client.socket.send_str(frame)
        await client.say("Goodbye.")
        await client.until("done")

        errors = [message for message in client.seen if message["type"] == "error"]
        assert [(e["error"], e["context_id"]) for e in errors] == [("The message is not a JSON object.", None)]
        assert simulator.cartesia.spoken_by("v1") == ["Good morning, everybody. ", "Goodbye."]


async def test_no_mistake_holds_a_context_or_breaks_a_socket(caplog: pytest.LogCaptureFixture) -> None:
    mutations = Mutations(seed=13)
    options = Options(cartesia_pace=1000.0, cartesia_context_expiry=0.01)
    async with Simulator(Given(), options) as simulator, connect(simulator) as client:
        for _ in range(300):
            await client.socket.send_str(json.dumps(mutations.of(MESSAGES)))
            await client.socket.send_str("[]")
            await client.until("error", None)
            await simulator.wait_for(lambda: simulator.cartesia.active == 0)
        await client.say("Hello.", "last")
        await client.until("done", "last")
    assert not [record for record in caplog.records if record.levelno >= logging.WARNING]


async def test_newer_versions_have_structured_errors() -> None:
    path = "/tts/websocket?cartesia_version=2026-03-01"
    options = Options(cartesia_contexts=1)
    async with Simulator(Given(), options) as simulator, connect(simulator, path) as client:
        await client.say("Hello there, everybody. ", more=True)
        await client.say("Hello.", "c2")
        error = await client.until("error", "c2")

        assert (error["status_code"], error["error_code"]) == (429, "concurrency_limited")


async def test_an_idle_socket_is_closed() -> None:
    async with Simulator(Given(), Options(cartesia_idle=0.05)) as simulator, connect(simulator) as client:
        message = await client.socket.receive(timeout=PATIENCE)
        assert message.type is aiohttp.WSMsgType.CLOSE
        await simulator.wait_for(lambda: simulator.cartesia.open == 0)


async def test_a_context_that_nobody_feeds_ends() -> None:
    async with Simulator(Given(), Options(cartesia_context_expiry=0.05)) as simulator, connect(simulator) as client:
        await client.say("Hello. ", more=True)
        await client.until("done")


async def test_cartesia_may_be_down() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        simulator.faults.add("cartesia_refuse", count=2)
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(simulator.url + PATH, headers=KEY)
        assert refused.value.status == 503
        response = await http.post(simulator.url + "/tts/bytes", headers=KEY, json={})
        assert response.status == 503
        assert simulator.cartesia.refused == 2


async def test_a_context_may_fail_with_an_error() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        simulator.faults.add("cartesia_error", message="Out of order")
        await client.say("Hello.")
        assert (await client.until("error"))["error"] == "Out of order"


async def test_a_context_may_be_late() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        simulator.faults.add("cartesia_stall", seconds=3600)
        await client.say("Hello.", context="late")
        await client.say("Good morning.", context="c2")
        await client.until("done", context="c2")

        await simulator.wait_for(lambda: simulator.cartesia.active == 1)
        assert client.seconds("late") == 0


async def test_a_socket_may_die_in_mid_stream() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as client:
        simulator.faults.add("cartesia_drop", after_ms=200)
        await client.say("This sentence is cut in its middle.")
        for _ in range(3):
            await client.until("chunk")
        assert (await client.socket.receive(timeout=PATIENCE)).type is aiohttp.WSMsgType.CLOSED


@pytest.mark.parametrize(("encoding", "size"), [("pcm_s16le", 2), ("pcm_f32le", 4), ("pcm_mulaw", 1), ("pcm_alaw", 1)])
async def test_bytes_come_in_the_encoding_that_is_asked_for(encoding: str, size: int) -> None:
    body = {
        "model_id": "sonic-3.5",
        "transcript": "Good morning.",
        "voice": {"mode": "id", "id": "v1"},
        "output_format": {"container": "raw", "encoding": encoding, "sample_rate": 8000},
    }
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        response = await http.post(simulator.url + "/tts/bytes", headers=KEY, json=body)
        data = await response.read()

        assert 0.5 < len(data) / size / 8000 < 2.0


async def test_without_a_key_nobody_enters() -> None:
    async with Simulator(Given()) as simulator, aiohttp.ClientSession() as http:
        with pytest.raises(aiohttp.WSServerHandshakeError) as refused:
            await http.ws_connect(simulator.url + PATH)
        assert refused.value.status == 401
