"""Azure OpenAI's speech endpoint (and OpenAI's own): text in, audio out."""

from __future__ import annotations

import asyncio
import base64
import json
from collections import deque
from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Annotated, Literal

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from simulator.backend import Backend
from simulator.faults import Fault
from simulator.frame import NotJson, parsed
from simulator.handshake import Doorman, Refused
from simulator.sound_file import KINDS, sound_file
from simulator.times import drawn
from simulator.usage import OUTPUT_TOKENS_PER_MS, text_tokens
from simulator.voice import BYTES_PER_MS, Speech

CHUNK = 100 * BYTES_PER_MS
MAX_SPOKEN = 10_000
LONGEST_INPUT = 4096


class Asked(BaseModel):
    """The body of a request."""

    model_config = ConfigDict(strict=True, extra="allow")

    input: Annotated[str, Field(min_length=1, max_length=LONGEST_INPUT)]
    voice: Annotated[str, Field(min_length=1)]
    model: str | None = None
    instructions: str | None = None
    response_format: Literal["mp3", "opus", "aac", "flac", "wav", "pcm"] = "mp3"
    stream_format: Literal["sse", "audio"] | None = None
    speed: Annotated[float, Field(ge=0.25, le=4.0)] | None = None


@dataclass(frozen=True)
class Spoken:
    """A text that was asked for."""

    deployment: str
    voice: str
    text: str
    instructions: str | None


class SpeechEndpoint:
    """`spoken` holds what was asked for, in order; `refused` how often it was turned away."""

    def __init__(self, backend: Backend, doorman: Doorman) -> None:
        self._backend = backend
        self._doorman = doorman
        self.spoken: deque[Spoken] = deque(maxlen=MAX_SPOKEN)
        self.refused = 0

    def routes(self) -> list[web.RouteDef]:
        """Azure's path, its v1 path, and OpenAI's own."""
        paths = ("/openai/deployments/{deployment}/audio/speech", "/openai/v1/audio/speech", "/v1/audio/speech")
        return [web.post(path, self._speak) for path in (*paths, "/audio/speech")]

    async def _speak(self, request: web.Request) -> web.StreamResponse:
        try:
            body = await self._admit(request)
        except Refused as refused:
            self.refused += 1
            self._backend.record.ring()
            return refused.response()
        deployment = request.match_info.get("deployment") or str(body.model)
        asked = Spoken(deployment, body.voice, body.input, body.instructions)
        self.spoken.append(asked)
        self._backend.record.ring()
        speech = await self._backend.voice.speak(asked.text, asked.voice, body.speed or 1.0)
        await asyncio.sleep(drawn(self._backend.options.speech_first_audio, self._backend.dice))
        if fault := self._backend.faults.take("speech_stall"):
            await asyncio.sleep(fault.number("seconds"))
        fault = self._backend.faults.take("speech_drop")
        kind, data = await _written(speech, body.response_format)
        if body.stream_format == "sse":
            return await _stream(request, "text/event-stream", _sse(speech, data, fault))
        return await _stream(request, kind, _chunks(speech, data, fault))

    async def _admit(self, request: web.Request) -> Asked:
        if fault := self._backend.faults.take("speech_refuse"):
            status = int(fault.number("status"))
            raise Refused(status, str(status), "The speech service is not available.")
        self._doorman.check_credentials(request)
        if "deployment" in request.match_info:
            if "api-version" not in request.query:
                raise Refused(404, "404", "Resource not found")
            self._doorman.check_deployment(request.match_info["deployment"])
        return await _body(request)


class _Dead(Exception):  # noqa: N818 - it is what was asked for
    """The stream dies here."""


async def _body(request: web.Request) -> Asked:
    try:
        return Asked.model_validate(parsed(await request.read()))
    except NotJson:
        raise Refused(400, "BadRequest", "The body is not JSON.") from None
    except ValidationError as error:
        wrong = error.errors(include_url=False)[0]
    field = ".".join(map(str, wrong["loc"]))
    message = f"Missing required parameter: '{field}'." if wrong["type"] == "missing" else f"'{field}': {wrong['msg']}"
    raise Refused(400, "BadRequest", message)


async def _written(speech: Speech, form: str) -> tuple[str, bytes]:
    """The speech in the format that was asked for, with its content type."""
    if form == "pcm":
        return "audio/pcm", speech.pcm
    return KINDS[form].content_type, await asyncio.to_thread(sound_file, speech.pcm, KINDS[form])


async def _stream(request: web.Request, kind: str, chunks: AsyncIterator[bytes]) -> web.StreamResponse:
    response = web.StreamResponse(headers={"Content-Type": kind})
    await response.prepare(request)
    try:
        async for chunk in chunks:
            await response.write(chunk)
    except _Dead:
        if request.transport is not None:
            request.transport.close()
    else:
        await response.write_eof()
    return response


async def _chunks(speech: Speech, data: bytes, fault: Fault | None) -> AsyncIterator[bytes]:
    end = len(data)
    if fault is not None and speech.ms:
        end = round(end * fault.number("after_ms") / speech.ms) // 2 * 2
    for start in range(0, min(end, len(data)), CHUNK):
        yield data[start : min(start + CHUNK, end)]
    if fault is not None:
        raise _Dead


async def _sse(speech: Speech, data: bytes, fault: Fault | None) -> AsyncIterator[bytes]:
    async for chunk in _chunks(speech, data, fault):
        yield _event({"type": "speech.audio.delta", "audio": base64.b64encode(chunk).decode()})
    written, spoken = text_tokens(len(speech.text)), round(speech.ms * OUTPUT_TOKENS_PER_MS)
    usage = {"input_tokens": written, "output_tokens": spoken, "total_tokens": written + spoken}
    yield _event({"type": "speech.audio.done", "usage": usage})


def _event(event: dict[str, object]) -> bytes:
    return f"data: {json.dumps(event)}\n\n".encode()
