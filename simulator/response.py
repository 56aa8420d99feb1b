"""Producing one response: from the mind's reply to the events, at the pace of the options, until done or cut."""

from __future__ import annotations

import asyncio
import json
import logging
import math
import random
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, Protocol

from simulator.audio_format import FORMATS
from simulator.backend import Backend
from simulator.chain import Chain, Entry
from simulator.errors import ProtocolError
from simulator.faults import Fault
from simulator.ids import new_id
from simulator.mcp_answer import McpError
from simulator.mcp_items import approved
from simulator.mcp_output import ApprovalOutput, McpCallOutput
from simulator.mcp_tools import McpTools, Server
from simulator.mind import BrokenOff, CallTool, MindError, Modality, Reply, Request, Say
from simulator.output import CallOutput, MessageOutput, Outlet, OutputItem, Phase
from simulator.plan import Plan, seen
from simulator.times import Time, drawn
from simulator.usage import OUTPUT_TOKENS_PER_MS, Usage
from simulator.voice import Speech

logger = logging.getLogger(__name__)
CHARACTERS_PER_MS = 15 / 1000
ARGUMENTS_DELTA = 24
LONGEST_CHAIN = 16
"""Answers of the mind in one response."""


class Host(Protocol):
    """The connection that a response belongs to."""

    backend: Backend
    conversation: Chain
    dice: random.Random
    usage: Usage
    mcp: McpTools

    def emit(self, event: dict[str, Any]) -> None:
        """Send a server event."""

    def fail(self, error: ProtocolError, event_id: str | None) -> None:
        """Send an `error` event."""

    def drop(self) -> None:
        """Cut the socket, after what was sent so far."""

    def response_over(self, response: Response) -> None:
        """The response has ended, whichever way."""


class _Cut(Exception):  # noqa: N818 - a response that ends early is no error
    """The response ends here."""

    def __init__(self, status: str, details: Mapping[str, Any]) -> None:
        super().__init__(status)
        self.status = status
        self.details = {"type": status, **details}


@dataclass(frozen=True)
class _Limit:
    """Where in a message something happens: after so much audio or so much text."""

    ms: float | None
    characters: float | None
    happen: Callable[[], None]
    certain: bool = True
    """It happens at the end of a message that is too short for it, or a test would wait for it in vain."""

    @classmethod
    def of(cls, fault: Fault, happen: Callable[[], None]) -> _Limit:
        return cls(fault.maybe("after_ms"), fault.maybe("after_chars"), happen)

    def reached(self, ms: float, characters: int, audio: bool) -> bool:
        if self.characters is not None:
            return characters >= self.characters
        return ms >= (self.ms or 0) if audio else characters >= (self.ms or 0) * CHARACTERS_PER_MS


class _Sound(NamedTuple):
    """Speech in the format of the response."""

    data: bytes
    bytes_per_ms: int


class Response:
    """One response. `start()` it; `cancel()` ends it at once, with all events that belong to that."""

    def __init__(self, host: Host, plan: Plan) -> None:
        self._host = host
        self._plan = plan
        self._backend = host.backend
        self._conversation = host.conversation if plan.in_conversation else None
        self._items: list[OutputItem] = []
        self._open: OutputItem | None = None
        self._task: asyncio.Task[None] | None = None
        self._limits: list[_Limit] = []
        self._breaks: BrokenOff | None = None
        self._slow: Fault | None = None
        self._audio_due = 0.0
        self._over = False
        self.id = new_id("resp")
        self._outlet = Outlet(host.emit, self._conversation, self.id, host.backend.options.item_done_first)
        self.in_conversation = plan.in_conversation

    @property
    def spoken_ms(self) -> float:
        """The audio that was sent."""
        return sum(item.entry.sent_ms for item in self._items)

    def start(self) -> None:
        """Say that it is created, and produce it in a task of its own."""
        self._host.emit({"type": "response.created", "response": self._object("in_progress")})
        self._task = asyncio.get_running_loop().create_task(self._run())

    def cancel(self, reason: str) -> None:
        """End it now: "client_cancelled" or "turn_detected"."""
        if not self._over:
            self._finish("cancelled", {"type": "cancelled", "reason": reason})
            self.abandon()

    def abandon(self) -> None:
        """Stop producing it, without a word: the socket is gone."""
        self._over = True
        if self._task is not None and self._task is not asyncio.current_task():
            self._task.cancel()

    async def _run(self) -> None:
        try:
            await self._produce()
            self._finish("completed", None)
        except _Cut as cut:
            self._finish(cut.status, cut.details)
        except MindError as error:
            self._fail(str(error))
        except Exception as error:
            # A mind is somebody else's code; a client that waits for a response that never ends would hide its bug.
            logger.exception("the response failed")
            self._fail(f"{type(error).__name__}: {error}")

    def _fail(self, message: str) -> None:
        self._host.fail(ProtocolError("mind_error", message, kind="server_error"), None)
        body = {"type": "server_error", "code": "mind_error", "message": message}
        self._finish("failed", {"type": "failed", "error": body})

    async def _produce(self) -> None:
        self._suffer()
        await self._plan.understood()
        await self._host.mcp.settled()
        for request in approved(self._plan.entries):
            await self._call_approved(request)
        for _ in range(LONGEST_CHAIN):  # what a server's tool returned is answered in the same response
            if not await self._go_on():
                break

    async def _go_on(self) -> bool:
        """One answer of the mind; whether it called a server's tool, and there is more to say."""
        reply = self._answer()
        spoken = self._begin_speaking(reply)
        await self._wait(self._begin())
        called = False
        for place, part in enumerate(reply):
            if self._breaks and self._breaks.within and place == len(reply) - 1:
                self._limits.append(_Limit(None, math.inf, self._break_off))
            if isinstance(part, Say):
                await self._say(part, spoken.get(place), self._phase(place, reply))
            elif self._plan.tool_choice != "none":
                called = await self._call(part) or called
        if self._breaks:
            self._break_off()
        return called

    def _begin(self) -> float:
        """How long the first item takes; notes when the first audio is due."""
        options = self._backend.options
        audio = drawn(options.first_audio, self._host.dice)
        token = audio if options.first_token is None else drawn(options.first_token, self._host.dice)
        self._audio_due = asyncio.get_running_loop().time() + audio
        return token

    def _answer(self) -> Reply:
        try:
            reply = self._backend.mind.answer(self._request())
        except BrokenOff as broken:
            self._breaks, reply = broken, broken.said
        if not self._plan.parallel:
            reply = _with_one_call(reply)
        if any(isinstance(part, Say) for part in reply):
            self._set_limits()
        return reply

    def _request(self) -> Request:
        entries = (*self._plan.entries, *(item.entry for item in self._items))
        request = self._plan.request()
        servers = self._host.mcp.offered(self._plan.tools, self._plan.tool_choice)
        return replace(request, items=seen(entries), tools=(*request.tools, *servers))

    def _suffer(self) -> None:
        if fault := self._take("rate_limit"):
            error = {"type": "rate_limit_exceeded", "code": "inference_rate_limit_exceeded"}
            message = fault.text("message").replace("{seconds}", f"{fault.number('seconds'):g}")
            raise _Cut("failed", {"error": {**error, "message": message}})
        if fault := self._take("failed_response"):
            error = {"type": "server_error", "code": fault.text("code"), "message": fault.text("message")}
            raise _Cut("failed", {"error": error})

    def _set_limits(self) -> None:
        if fault := self._take("drop_mid_response"):
            self._limits.append(_Limit.of(fault, self._drop))
        if fault := self._take("content_filter"):
            self._limits.append(_Limit.of(fault, lambda: self._incomplete("content_filter")))
        if fault := self._take("incomplete"):
            self._limits.append(_Limit.of(fault, lambda: self._incomplete("max_output_tokens")))
        if self._plan.modality == "audio":
            self._slow = self._take("slow_audio")
        tokens = self._plan.max_output_tokens
        if isinstance(tokens, int):
            audio = self._plan.modality == "audio"
            ms, characters = (tokens / OUTPUT_TOKENS_PER_MS, None) if audio else (None, tokens * 4)
            self._limits.append(_Limit(ms, characters, lambda: self._incomplete("max_output_tokens"), certain=False))

    def _take(self, fault: str) -> Fault | None:
        return self._backend.faults.take(fault, self._plan.session_id)

    def _incomplete(self, reason: str) -> None:
        raise _Cut("incomplete", {"reason": reason})

    def _break_off(self) -> None:
        assert self._breaks is not None
        if self._breaks.how == "dropped":
            self._drop()
        if self._breaks.how == "silent":
            raise asyncio.CancelledError
        raise _Cut(self._breaks.how, self._breaks.details)

    def _drop(self) -> None:
        self._host.drop()
        raise asyncio.CancelledError

    def _begin_speaking(self, reply: Reply) -> Mapping[int, asyncio.Task[Speech]]:
        if self._plan.modality == "text":
            return {}
        voice, speed = self._plan.voice, self._plan.speed
        return {
            index: asyncio.ensure_future(self._backend.voice.speak(part.text, voice, speed))
            for index, part in enumerate(reply)
            if isinstance(part, Say)
        }

    def _phase(self, index: int, reply: Reply) -> Phase | None:
        if not self._backend.options.reasoning:
            return None
        return "final_answer" if index == len(reply) - 1 else "commentary"

    async def _say(self, part: Say, speaking: asyncio.Task[Speech] | None, phase: Phase | None) -> None:
        speech = await speaking if speaking is not None else None
        modality: Modality = "text" if speech is None else "audio"
        message = MessageOutput(self._outlet, len(self._items), modality, phase)
        self._open = message
        self._items.append(message)
        message.begin(speech)
        if speech is None:
            await self._write(message, part.text)
        else:
            await self._play(message, speech)
        self._close("completed")

    async def _write(self, message: MessageOutput, text: str) -> None:
        for word in re.findall(r"\s*\S+|\s+$", text):
            message.write(word)
            self._check(message, audio=False)
            await self._wait(self._backend.options.text_word)
        self._check(message, audio=False, ended=True)

    async def _play(self, message: MessageOutput, speech: Speech) -> None:
        options = self._backend.options
        pace = drawn(options.pace, self._host.dice)
        await self._wait(self._audio_due - asyncio.get_running_loop().time())
        if self._slow is not None:
            pace = self._slow.number("pace")
            await self._wait(self._slow.number("first_audio"))
        lead, sound = options.transcript_lead * 1000, await self._sound(speech)
        size = max(1, round(options.chunk * 1000)) * sound.bytes_per_ms
        begun, said, position = asyncio.get_running_loop().time(), 0, 0
        while position < len(sound.data):
            said = _transcribe(message, speech, said, position / sound.bytes_per_ms + lead)
            message.play(sound.data[position : position + size], sound.bytes_per_ms)
            position += size
            self._check(message, audio=True)
            due = begun + position / sound.bytes_per_ms / 1000 / pace
            await self._wait(due - asyncio.get_running_loop().time())
        _transcribe(message, speech, said, speech.ms)
        self._check(message, audio=True, ended=True)

    async def _sound(self, speech: Speech) -> _Sound:
        form = FORMATS[self._plan.format["type"]]
        data = speech.pcm if form.law is None else await asyncio.to_thread(form.encode, speech.pcm)
        return _Sound(data, form.bytes_per_ms)

    def _check(self, message: MessageOutput, audio: bool, ended: bool = False) -> None:
        for limit in self._limits:
            reached = limit.reached(message.entry.sent_ms, len(message.entry.text), audio)
            if reached or (ended and limit.certain):
                limit.happen()

    async def _call(self, part: CallTool) -> bool:
        """Whether it was a server's tool, which has returned."""
        arguments = json.dumps(part.arguments, ensure_ascii=False)
        server = self._host.mcp.find(part.name, self._plan.tools)
        if server is None:
            await self._write_call(CallOutput(self._outlet, len(self._items), part.name), arguments)
            self._close("completed")
        elif server.asks_before(part.name):
            self._begin_item(ApprovalOutput(self._outlet, len(self._items), server.label, part.name, arguments))
            self._close("completed")
        else:
            await self._call_server(server, part.name, arguments, None)
            return True
        return False

    async def _call_approved(self, request: Entry) -> None:
        item = request.item
        if (server := self._host.mcp.server(item["server_label"])) is not None:
            await self._call_server(server, item["name"], item["arguments"], request.id)

    async def _call_server(self, server: Server, name: str, arguments: str, approval: str | None) -> None:
        call = McpCallOutput(self._outlet, len(self._items), server.label, name, approval)
        await self._write_call(call, arguments)
        call.begin()
        try:
            call.succeed(await server.client.call(name, json.loads(arguments)))
        except McpError as error:
            call.fail(error)
        self._close("completed")

    async def _write_call(self, call: CallOutput | McpCallOutput, arguments: str) -> None:
        self._begin_item(call)
        for start in range(0, len(arguments), ARGUMENTS_DELTA):
            call.write(arguments[start : start + ARGUMENTS_DELTA])
            await self._wait(self._backend.options.arguments_piece)

    def _begin_item(self, item: OutputItem) -> None:
        self._open = item
        self._items.append(item)
        item.open()

    def _close(self, status: str) -> None:
        if self._open is not None:
            self._open.close(status)
            self._open = None

    def _finish(self, status: str, details: Mapping[str, Any] | None) -> None:
        if self._over:
            return
        self._over = True
        self._close("incomplete")
        final = self._object(status) | {
            "status_details": details,
            "output": [dict(item.item) for item in self._items],
            "usage": self._usage(),
        }
        self._host.emit({"type": "response.done", "response": final})
        self._host.response_over(self)

    def _usage(self) -> Mapping[str, Any]:
        written = sum(len(item.entry.text or item.item.get("arguments", "")) for item in self._items)
        instructions = self._plan.extra or self._plan.instructions
        return self._host.usage.count(instructions, self._plan.tools_json, self._plan.entries, written, self.spoken_ms)

    def _object(self, status: str) -> dict[str, Any]:
        conversation = self._conversation.id if self._conversation is not None else None
        output = {"format": dict(self._plan.format), "voice": self._plan.voice}
        return {
            "object": "realtime.response",
            "id": self.id,
            "status": status,
            "status_details": None,
            "output": [],
            "conversation_id": conversation,
            "output_modalities": [self._plan.asked],
            "max_output_tokens": self._plan.max_output_tokens,
            "audio": {"output": output},
            "usage": None,
            "metadata": self._plan.metadata,
        } | ({} if self._plan.temperature is None else {"temperature": self._plan.temperature})

    async def _wait(self, time: Time) -> None:
        if (seconds := drawn(time, self._host.dice)) > 0:
            await asyncio.sleep(seconds)


def _with_one_call(reply: Reply) -> Reply:
    first = next((part for part in reply if isinstance(part, CallTool)), None)
    return [part for part in reply if isinstance(part, Say) or part is first]


def _transcribe(message: MessageOutput, speech: Speech, said: int, until_ms: float) -> int:
    for word in speech.words:
        if word.end > said and word.start_ms <= until_ms:
            message.write(speech.text[said : word.end])
            said = word.end
    return said
