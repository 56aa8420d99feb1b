"""What is refused, in which words, and that nothing of it takes effect."""

from __future__ import annotations

from typing import Any

import pytest

from simulator.server import Simulator
from tests.simulator.minds import Given
from tests.simulator.wire import GA, PREVIEW, Event, connect

PATHS = {"ga": GA, "preview": PREVIEW}
MISSING, UNKNOWN = "missing_required_parameter", "unknown_parameter"
TYPE, VALUE = "invalid_type", "invalid_value"


def heard(**fields: Any) -> Event:
    return {"audio": {"input": fields}}


def spoken(**fields: Any) -> Event:
    return {"audio": {"output": fields}}


def detection(**fields: Any) -> Event:
    return heard(turn_detection={"type": "server_vad"} | fields)


def message(role: Any, *content: Any) -> Event:
    return {"type": "message", "role": role, "content": [*content]}


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"output_modalities": "text"}, TYPE, "output_modalities"),
        ({"output_modalities": ["video"]}, VALUE, "output_modalities[0]"),
        ({"output_modalities": ["text", "audio"]}, VALUE, "output_modalities"),
        ({"output_modalities": []}, VALUE, "output_modalities"),
        ({"instructions": 5}, TYPE, "instructions"),
        ({"max_output_tokens": 0}, "integer_below_min_value", "max_output_tokens"),
        ({"max_output_tokens": 4097}, "integer_above_max_value", "max_output_tokens"),
        ({"max_output_tokens": "many"}, VALUE, "max_output_tokens"),
        ({"max_output_tokens": 1.5}, TYPE, "max_output_tokens"),
        ({"truncation": "sometimes"}, VALUE, "truncation"),
        ({"truncation": 5}, TYPE, "truncation"),
        ({"truncation": {"type": "retention_ratio"}}, MISSING, "truncation.retention_ratio"),
        ({"truncation": {"type": "retention_ratio", "retention_ratio": 2}}, "decimal_above_max_value",
         "truncation.retention_ratio"),
        ({"tool_choice": "maybe"}, VALUE, "tool_choice"),
        ({"tool_choice": {"type": "function"}}, MISSING, "tool_choice.name"),
        ({"tools": {"name": "look"}}, TYPE, "tools"),
        ({"tools": [{"type": "function"}]}, MISSING, "tools[0].name"),
        ({"tools": [{"type": "code", "name": "look"}]}, VALUE, "tools[0].type"),
        ({"tools": [{"name": "look", "parameters": "none"}]}, TYPE, "tools[0].parameters"),
        ({"tools": [{"name": "look", "strict": True}]}, UNKNOWN, "tools[0].strict"),
        ({"tools": [{"name": "look"}, {"name": "x" * 65}]}, VALUE, "tools[1].name"),
        ({"reasoning": "high"}, TYPE, "reasoning"),
        ({"prompt": "pmpt_1"}, TYPE, "prompt"),
        ({"prompt": {}}, MISSING, "prompt.id"),
        ({"include": "logprobs"}, TYPE, "include"),
        ({"include": ["everything"]}, VALUE, "include[0]"),
        ({"tracing": "manual"}, VALUE, "tracing"),
        ({"tracing": {"metadata": "m"}}, TYPE, "tracing.metadata"),
        ({"audio": "pcm16"}, TYPE, "audio"),
        ({"audio": {"microphone": {}}}, UNKNOWN, "audio.microphone"),
        (heard(turn_detection="server_vad"), TYPE, "audio.input.turn_detection"),
        (heard(turn_detection={"threshold": 0.5}), MISSING, "audio.input.turn_detection.type"),
        (heard(turn_detection={"type": "none"}), VALUE, "audio.input.turn_detection.type"),
        (detection(threshold="x"), TYPE, "audio.input.turn_detection.threshold"),
        (detection(threshold=3), "decimal_above_max_value", "audio.input.turn_detection.threshold"),
        (detection(threshold=-0.1), "decimal_below_min_value", "audio.input.turn_detection.threshold"),
        (detection(prefix_padding_ms="x"), TYPE, "audio.input.turn_detection.prefix_padding_ms"),
        (detection(silence_duration_ms=-1), "integer_below_min_value",
         "audio.input.turn_detection.silence_duration_ms"),
        (detection(silence_duration_ms=2**31), "integer_above_max_value",
         "audio.input.turn_detection.silence_duration_ms"),
        (detection(idle_timeout_ms=10**30), "integer_above_max_value", "audio.input.turn_detection.idle_timeout_ms"),
        (detection(eagerness="low"), UNKNOWN, "audio.input.turn_detection.eagerness"),
        (detection(create_response="yes"), TYPE, "audio.input.turn_detection.create_response"),
        (heard(transcription="whisper-1"), TYPE, "audio.input.transcription"),
        (heard(transcription={"enabled": True}), UNKNOWN, "audio.input.transcription.enabled"),
        (heard(transcription={"language": ["de"]}), TYPE, "audio.input.transcription.language"),
        (heard(noise_reduction={"type": "studio"}), VALUE, "audio.input.noise_reduction.type"),
        (heard(format="pcm16"), TYPE, "audio.input.format"),
        (heard(format={"type": "audio/pcm", "rate": 16000}), "integer_below_min_value", "audio.input.format.rate"),
        (heard(format={"type": "audio/mp3"}), VALUE, "audio.input.format.type"),
        (heard(format={"type": "audio/pcmu", "rate": 8000}), UNKNOWN, "audio.input.format.rate"),
        (heard(format={"rate": 24000}), MISSING, "audio.input.format.type"),
        (spoken(voice="nobody"), VALUE, "audio.output.voice"),
        (spoken(voice=["alloy"]), TYPE, "audio.output.voice"),
        (spoken(voice={"name": "x"}), MISSING, "audio.output.voice.id"),
        (spoken(speed="fast"), TYPE, "audio.output.speed"),
        (spoken(speed=9), "decimal_above_max_value", "audio.output.speed"),
    ],
)  # fmt: skip
async def test_a_wrong_ga_session_is_refused_as_a_whole(session: Event, code: str, param: str) -> None:
    kind = {"type": "realtime"}
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        before = (await wire.ask("session.update", "session.updated", session=kind))["session"]
        error = await wire.error("session.update", session=kind | {"instructions": "Taken?"} | session)
        after = (await wire.ask("session.update", "session.updated", session=kind))["session"]

        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, f"session.{param}")
        assert after == before


@pytest.mark.parametrize(
    ("session", "code", "param"),
    [
        ({"modalities": "text"}, TYPE, "modalities"),
        ({"modalities": ["audio"]}, VALUE, "modalities"),
        ({"instructions": ["x"]}, TYPE, "instructions"),
        ({"voice": "nobody"}, VALUE, "voice"),
        ({"voice": {"id": "mine"}}, TYPE, "voice"),
        ({"speed": "fast"}, TYPE, "speed"),
        ({"speed": 0.1}, "decimal_below_min_value", "speed"),
        ({"input_audio_format": ["pcm16"]}, TYPE, "input_audio_format"),
        ({"output_audio_format": {"type": "audio/pcm"}}, TYPE, "output_audio_format"),
        ({"input_audio_format": "g711"}, VALUE, "input_audio_format"),
        ({"input_audio_transcription": "whisper-1"}, TYPE, "input_audio_transcription"),
        ({"input_audio_transcription": {"enabled": True}}, UNKNOWN, "input_audio_transcription.enabled"),
        ({"input_audio_noise_reduction": "speech"}, TYPE, "input_audio_noise_reduction"),
        ({"turn_detection": "server_vad"}, TYPE, "turn_detection"),
        ({"turn_detection": {"type": "none"}}, VALUE, "turn_detection.type"),
        ({"turn_detection": {"type": "server_vad", "threshold": "x"}}, TYPE, "turn_detection.threshold"),
        ({"turn_detection": {"type": "server_vad", "threshold": 3}}, "decimal_above_max_value",
         "turn_detection.threshold"),
        ({"turn_detection": {"type": "server_vad", "max_speech_ms": 3}}, UNKNOWN, "turn_detection.max_speech_ms"),
        ({"tools": [{"name": "no good"}]}, VALUE, "tools[0].name"),
        ({"tools": [{"name": "look\n"}]}, VALUE, "tools[0].name"),
        ({"tool_choice": "maybe"}, VALUE, "tool_choice"),
        ({"temperature": 3}, "decimal_above_max_value", "temperature"),
        ({"max_response_output_tokens": "many"}, VALUE, "max_response_output_tokens"),
        ({"tracing": 5}, TYPE, "tracing"),
        ({"audio": {}}, UNKNOWN, "audio"),
    ],
)  # fmt: skip
async def test_a_wrong_preview_session_is_refused_as_a_whole(session: Event, code: str, param: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PREVIEW) as wire:
        before = (await wire.ask("session.update", "session.updated", session={}))["session"]
        error = await wire.error("session.update", session={"temperature": 0.7} | session)
        after = (await wire.ask("session.update", "session.updated", session={}))["session"]

        assert (error["type"], error["code"], error["param"]) == ("invalid_request_error", code, f"session.{param}")
        assert after == before


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize(
    ("item", "code", "param"),
    [
        ("hello", TYPE, "item"),
        ({"role": "user"}, MISSING, "item.type"),
        ({"type": "song"}, VALUE, "item.type"),
        ({"type": "message", "content": []}, MISSING, "item.role"),
        (message(["user"]), TYPE, "item.role"),
        (message("narrator"), VALUE, "item.role"),
        ({"type": "message", "role": "user"}, MISSING, "item.content"),
        ({"type": "message", "role": "user", "content": "hello"}, TYPE, "item.content"),
        (message("user", "hello"), TYPE, "item.content[0]"),
        (message("user", {"text": "hello"}), MISSING, "item.content[0].type"),
        (message("user", {"type": "input_text"}), MISSING, "item.content[0].text"),
        (message("user", {"type": "input_text", "text": 5}), TYPE, "item.content[0].text"),
        (message("user", {"type": "input_text", "text": "a"}, {"type": "input_text", "text": []}), TYPE,
         "item.content[1].text"),
        (message("system", {"type": "input_audio"}), VALUE, "item.content[0].type"),
        (message("user", {"type": "input_audio", "audio": "not base64!"}), VALUE, "item.content[0].audio"),
        ({"type": "function_call", "call_id": "c", "arguments": "{}"}, MISSING, "item.name"),
        ({"type": "function_call", "call_id": "c", "name": "look", "arguments": {}}, TYPE, "item.arguments"),
        ({"type": "function_call_output", "output": "x"}, MISSING, "item.call_id"),
        ({"type": "function_call_output", "call_id": "c", "output": 5}, TYPE, "item.output"),
        (message("user") | {"id": 5}, TYPE, "item.id"),
        (message("user") | {"status": "late"}, VALUE, "item.status"),
        (message("user") | {"mood": "good"}, UNKNOWN, "item.mood"),
    ],
)  # fmt: skip
async def test_a_wrong_item_is_refused(dialect: str, item: object, code: str, param: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PATHS[dialect]) as wire:
        error = await wire.error("conversation.item.create", item=item)
        aside = await wire.error("response.create", response={"input": [message("user"), item]})

        assert (error["code"], error["param"]) == (code, param)
        assert (aside["code"], aside["param"]) == (code, param.replace("item", "response.input[1]", 1))


@pytest.mark.parametrize(
    "picture", ["", "cat.png", "https://example.com/cat.png", "data:image/png;base64,", "data:text/plain;base64,QUJD"]
)
async def test_a_picture_is_a_data_uri(picture: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        error = await wire.error(
            "conversation.item.create", item=message("user", {"type": "input_image", "image_url": picture})
        )
        assert (error["code"], error["param"]) == (VALUE, "item.content[0].image_url")

        part = {"type": "input_image", "image_url": "data:image/png;base64,iVBORw0KGgo="}
        added = await wire.ask("conversation.item.create", "conversation.item.added", item=message("user", part))
        assert added["item"]["content"] == [part]


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize(
    ("response", "code", "param"),
    [
        ("now", TYPE, ""),
        ({"input": 5}, TYPE, ".input"),
        ({"input": [{"type": "item_reference"}]}, MISSING, ".input[0].id"),
        ({"input": [{"type": "item_reference", "id": "nobody"}]}, "item_not_found", ".input[0].id"),
        ({"conversation": "other"}, VALUE, ".conversation"),
        ({"tool_choice": "maybe"}, VALUE, ".tool_choice"),
        ({"tools": [{"name": "no good"}]}, VALUE, ".tools[0].name"),
        ({"metadata": "x"}, TYPE, ".metadata"),
        ({"metadata": {"a": 5}}, TYPE, ".metadata.a"),
        ({"metadata": {"a": "x" * 513}}, "string_above_max_length", ".metadata.a"),
        ({"metadata": {"a" * 65: "x"}}, "property_name_above_max_length", ".metadata"),
        ({"metadata": {str(n): "x" for n in range(17)}}, "object_above_max_properties", ".metadata"),
        ({"max_output_tokens": 0}, "integer_below_min_value", ".max_output_tokens"),
        ({"instructions": {}}, TYPE, ".instructions"),
        ({"speed": 1.0}, UNKNOWN, ".speed"),
    ],
)  # fmt: skip
async def test_a_wrong_response_is_refused(dialect: str, response: object, code: str, param: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PATHS[dialect]) as wire:
        error = await wire.error("response.create", response=response)
        assert (error["code"], error["param"]) == (code, f"response{param}")


async def test_the_voice_of_a_response_is_checked_in_each_dialect_s_words() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire, connect(simulator, PREVIEW) as preview:
        nested = await wire.error("response.create", response=spoken(voice="nobody"))
        word = await wire.error("response.create", response={"audio": "x"})
        flat = await preview.error("response.create", response={"voice": "nobody"})

        assert (nested["param"], word["param"]) == ("response.audio.output.voice", "response.audio")
        assert flat["param"] == "response.voice"


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize(
    ("kind", "fields", "param"),
    [
        ("session.update", {"session": None}, "session"),
        ("session.update", {"session": [1]}, "session"),
        ("input_audio_buffer.append", {"audio": None}, "audio"),
        ("conversation.item.delete", {"item_id": ["known"]}, "item_id"),
        ("conversation.item.retrieve", {"item_id": 5}, "item_id"),
        ("conversation.item.truncate", {"item_id": "x", "content_index": False, "audio_end_ms": 1}, "content_index"),
        ("conversation.item.truncate", {"item_id": "x", "content_index": 0, "audio_end_ms": 1.5}, "audio_end_ms"),
        ("response.cancel", {"response_id": {}}, "response_id"),
        ("conversation.item.create", {"item": message("user"), "previous_item_id": 5}, "previous_item_id"),
    ],
)  # fmt: skip
async def test_a_field_of_another_type_is_refused(dialect: str, kind: str, fields: Event, param: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PATHS[dialect]) as wire:
        error = await wire.error(kind, **fields)
        assert (error["code"], error["param"]) == (TYPE, param)


@pytest.mark.parametrize("audio", ["not base64!", "é", "A"])
async def test_audio_that_is_not_base64_is_refused(audio: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        error = await wire.error("input_audio_buffer.append", audio=audio)
        assert (error["code"], error["param"]) == (VALUE, "audio")


@pytest.mark.parametrize(
    "session",
    [
        detection(threshold=0, prefix_padding_ms=0, silence_duration_ms=0),
        detection(threshold=1.0, silence_duration_ms=2**31 - 1),
        spoken(speed=0.25),
        spoken(speed=1.5),
        {"max_output_tokens": 1},
        {"max_output_tokens": 4096},
        {"truncation": {"type": "retention_ratio", "retention_ratio": 1, "token_limits": {"post_instructions": 0}}},
        {"tools": [{"name": "x" * 64}]},
        {"tool_choice": {"type": "function", "name": "look"}},
        {"reasoning": {"effort": None}},
        {"prompt": {"id": "p", "variables": {"a": "b", "c": {"type": "input_text", "text": ""}}}},
        {"id": "sess_1", "object": "realtime.session", "expires_at": 1, "model": "mine"},
        heard(format={"type": "audio/pcm"}, transcription={"model": "mine", "language": None}, noise_reduction={}),
    ],
)  # fmt: skip
async def test_what_is_just_right_is_taken(session: Event) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        await wire.ask("session.update", "session.updated", session={"type": "realtime"} | session)


async def test_the_longest_metadata_are_told_again() -> None:
    metadata = {f"{number:064}": "x" * 512 for number in range(16)}
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        created = await wire.ask("response.create", "response.created", response={"metadata": metadata})
        assert created["response"]["metadata"] == metadata


@pytest.mark.parametrize("dialect", PATHS)
@pytest.mark.parametrize("event_id", [5, None, ["x"], {}])
async def test_an_event_id_is_a_string_or_nothing(dialect: str, event_id: object) -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PATHS[dialect]) as wire:
        error = (await wire.ask("response.cancel", "error", event_id=event_id))["error"]
        expected = ("response_cancel_not_active", None) if event_id is None else (TYPE, "event_id")
        assert (error["code"], error["param"], error["event_id"]) == (*expected, None)


@pytest.mark.parametrize(
    ("session", "message"),
    [
        ({"tools": 5}, "Invalid type for 'session.tools': expected an array, but got an integer instead."),
        (heard(format="pcm16"),
         "Invalid type for 'session.audio.input.format': expected an object, but got a string instead."),
        (heard(format={"type": "audio/pcm", "rate": 16000}),
         "Invalid 'session.audio.input.format.rate': integer below minimum value. "
         "Expected a value >= 24000, but got 16000 instead."),
        (heard(noise_reduction={"type": True}), "Invalid type for 'session.audio.input.noise_reduction.type': "
         "expected one of 'near_field' or 'far_field', but got a boolean instead."),
        ({"tool_choice": 5}, "Invalid type for 'session.tool_choice': "
         "expected one of an object or 'none', 'auto', or 'required', but got an integer instead."),
        ({"truncation": "x" * 500}, f"Invalid value: '{'x' * 80}...'. Supported values are: 'auto' and 'disabled'."),
    ],
)  # fmt: skip
async def test_errors_have_the_words_of_the_service(session: Event, message: str) -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        assert (await wire.error("session.update", session={"type": "realtime"} | session))["message"] == message


async def test_tracing_cannot_be_modified_once_it_is_on() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        for tracing in ("auto", "auto", None, {"group_id": "a"}):
            session = {"type": "realtime", "tracing": tracing}
            updated = (await wire.ask("session.update", "session.updated", session=session))["session"]
            assert updated["tracing"] == tracing

        error = await wire.error("session.update", session={"type": "realtime", "instructions": "x", "tracing": "auto"})
        assert (error["code"], error["param"]) == (VALUE, "session.tracing")
        unchanged = (await wire.ask("session.update", "session.updated", session={"type": "realtime"}))["session"]
        assert (unchanged["tracing"], unchanged["instructions"]) == ({"group_id": "a"}, "")


async def test_a_voice_of_one_s_own_is_named_by_its_id() -> None:
    async with Simulator(Given()) as simulator, connect(simulator) as wire:
        session = {"type": "realtime", **spoken(voice={"id": "voice_1234"})}
        updated = (await wire.ask("session.update", "session.updated", session=session))["session"]
        created = await wire.ask("response.create", "response.created")

        assert updated["audio"]["output"]["voice"] == {"id": "voice_1234"}
        assert created["response"]["audio"]["output"]["voice"] == "voice_1234"


async def test_a_preview_response_has_its_own_temperature() -> None:
    async with Simulator(Given()) as simulator, connect(simulator, PREVIEW) as wire:
        await wire.ask("session.update", "session.updated", session={"temperature": 0.7})
        temperatures = []
        for response in ({"modalities": ["text"]}, {"modalities": ["text"], "temperature": 1.1}):
            done = await wire.ask("response.create", "response.done", response=response)
            temperatures.append(done["response"]["temperature"])
        assert temperatures == [0.7, 1.1]
