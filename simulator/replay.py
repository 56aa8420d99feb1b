"""A client that does again what a recorded one did: the same frames, each when the server has come as far as then."""

from __future__ import annotations

import asyncio
import json
from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

import aiohttp
from aiohttp import WSMsgType

from simulator.beginnings import Beginnings
from simulator.recording import Frame, Recording

Event = dict[str, Any]
PATIENCE = 3.0
"""A server that says nothing for so long does not say what it is waited for to say."""
CLOSE = "close"
FENCE = "input_audio_buffer.cleared"
MILESTONES = frozenset(
    {
        *("session.created", "session.updated", "conversation.created"),
        *("conversation.item.added", "conversation.item.created", "conversation.item.deleted"),
        *("conversation.item.truncated", "conversation.item.retrieved", "error"),
        *(
            "conversation.item.input_audio_transcription.completed",
            "conversation.item.input_audio_transcription.failed",
        ),
        *("input_audio_buffer.committed", "input_audio_buffer.cleared"),
        *("response.created", "response.output_item.added", "response.done"),
    }
)
"""What a client may wait for before it goes on; the first piece of an answer as well."""


class Replay:
    """Plays the client of `recording` on a socket, once."""

    def __init__(self, recording: Recording, socket: aiohttp.ClientWebSocketResponse) -> None:
        self._recording = recording
        self._socket = socket
        self._received: list[Event] = []
        self._arrived: dict[str, list[float]] = defaultdict(list)
        self._told = _by_kind(recording)
        self._theirs, self._ours = Beginnings(), Beginnings()
        self._heard: Counter[str] = Counter()
        self._expected: Counter[str] = Counter()
        self._missing: Counter[str] = Counter()
        self._ids: dict[str, str] = {}
        self._news = asyncio.Event()
        self._clock = asyncio.get_running_loop().time

    async def run(self) -> list[Event]:
        """All that the server said; its goodbye is an event of the type "close"."""
        reader = asyncio.create_task(self._read())
        anchor = (0.0, self._clock())
        try:
            for frame in self._recording.frames:
                if frame.side == "client" and frame.close is None:
                    await self._act(frame, anchor)
                    anchor = (frame.at, self._clock())
                elif (
                    _is_milestone(frame.kind, frame.event or {}, self._theirs)
                    and (arrived := await self._reach(frame.kind)) is not None
                ):
                    anchor = (frame.at, max(arrived, anchor[1]))
            return await self._end(reader)
        finally:
            reader.cancel()
            await asyncio.wait([reader])

    async def _act(self, frame: Frame, anchor: tuple[float, float]) -> None:
        await asyncio.sleep(max(0.0, anchor[1] + frame.at - anchor[0] - self._clock()))
        if self._socket.closed:
            return
        if frame.binary is not None:
            await self._socket.send_bytes(bytes(frame.binary))
        elif frame.text is not None:
            await self._socket.send_str(frame.text)
        else:
            await self._socket.send_str(json.dumps(self._with_our_ids(self._recording.whole(frame))))

    async def _reach(self, kind: str) -> float | None:
        """Wait until the server has come as far; when, or None where it does not."""
        self._expected[kind] += 1
        while len(self._arrived[kind]) < self._expected[kind] - self._missing[kind]:
            if not await self._hears_more():
                self._missing[kind] += 1
                return None
        return self._arrived[kind][-1]

    async def _end(self, reader: asyncio.Task[None]) -> list[Event]:
        if self._recording.frames[-1].side in ("server", "nobody"):
            await asyncio.wait([reader], timeout=PATIENCE)
        elif not self._socket.closed:
            await self._fence()
        return self._received

    async def _fence(self) -> None:
        """Once this is answered, nothing that was due before is still on its way."""
        while len(self._arrived["response.created"]) > len(self._arrived["response.done"]):
            if self._is_open_in_the_end() or not await self._hears_more():
                break
        await self._socket.send_str(json.dumps({"type": "input_audio_buffer.clear", "event_id": "fence"}))
        before = len(self._arrived[FENCE])
        while len(self._arrived[FENCE]) == before:
            if not await self._hears_more():
                return
        last = max(place for place, event in enumerate(self._received) if event.get("type") == FENCE)
        del self._received[last:]

    def _is_open_in_the_end(self) -> bool:
        return len(self._told["response.created"]) > len(self._told["response.done"])

    async def _hears_more(self) -> bool:
        self._news.clear()
        if self._socket.closed:
            return False
        try:
            async with asyncio.timeout(PATIENCE):
                await self._news.wait()
        except TimeoutError:
            return False
        return True

    async def _read(self) -> None:
        async for message in self._socket:
            if message.type is WSMsgType.TEXT:
                self._take(message.data)
        self._received.append({"type": CLOSE, "code": self._socket.close_code})
        self._news.set()

    def _take(self, text: str) -> None:
        try:
            event = json.loads(text)
        except ValueError:
            event = None
        if not isinstance(event, dict):
            event = {"type": "no event"}
        kind = str(event.get("type"))
        place = self._heard[kind]
        self._heard[kind] += 1
        if place < len(self._told[kind]):
            self._learn(self._told[kind][place], event)
        self._received.append(event)
        if _is_milestone(kind, event, self._ours):
            self._arrived[kind].append(self._clock())
        self._news.set()

    def _learn(self, told: object, ours: object) -> None:
        """Which of our ids stands for which of theirs."""
        if isinstance(told, Mapping) and isinstance(ours, Mapping):
            for key, value in told.items():
                if is_id(key) and isinstance(value, str) and isinstance(ours.get(key), str):
                    self._ids.setdefault(value, ours[key])
                else:
                    self._learn(value, ours.get(key))
        elif isinstance(told, list) and isinstance(ours, list):
            for one, other in zip(told, ours, strict=False):
                self._learn(one, other)

    def _with_our_ids(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {
                key: self._ids.get(inner, inner) if is_id(key) and isinstance(inner, str) else self._with_our_ids(inner)
                for key, inner in value.items()
            }
        return [self._with_our_ids(inner) for inner in value] if isinstance(value, list) else value


def _is_milestone(kind: str, event: Mapping[str, Any], beginnings: Beginnings) -> bool:
    """Whether a client may wait for this event; of the pieces of an answer, for the first."""
    return kind in MILESTONES or (kind.endswith(".delta") and beginnings.has(event))


def is_id(key: str) -> bool:
    """The value of `key` names something."""
    return key == "id" or key.endswith("_id")


def _by_kind(recording: Recording) -> dict[str, list[Mapping[str, Any]]]:
    told: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for frame in recording.sent("server"):
        told[frame.kind].append(frame.event or {})
    return told
