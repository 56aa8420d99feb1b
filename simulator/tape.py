"""Recording a realtime session while it lasts: what each side sent, when, as JSON lines with the audio beside it."""

from __future__ import annotations

import json
import logging
import os
import time
import uuid
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from simulator.frame import NotJson, parsed
from simulator.mask import Mask
from simulator.recording import ASKED, SIDES, VERSION, Side, audio_file
from simulator.sound_parts import Place, lifted

logger = logging.getLogger(__name__)
NO_CODE = 1005
NO_GOODBYE = 1006


class Tape:
    """One session's. It holds what people say, so its files are its owner's only; secrets are masked."""

    def __init__(self, file: Path, mask: Mask) -> None:
        self._mask = mask
        self._began = time.monotonic()
        self._audio = {side: open(_new(audio_file(file, side)), "wb") for side in SIDES}  # noqa: SIM115
        # A line at a time, so that a process that is killed leaves whole lines.
        self._lines = open(_new(file), "w", 1, encoding="utf-8")  # noqa: SIM115
        self._running = True

    def opening(self, service: str, request: web.Request) -> None:
        """The first line: who is talked to, how. Of the query only what names no key."""
        query = {name: self._mask.text(request.query[name]) for name in ASKED if name in request.query}
        began = datetime.now(UTC).isoformat(timespec="seconds")
        self._write({"recording": VERSION, "service": service, "path": request.path, "query": query, "began": began})

    def text(self, side: Side, frame: str) -> None:
        """A text frame: an event, or something that is none."""
        try:
            value = parsed(frame)
        except NotJson:
            value = None
        if isinstance(value, dict):
            self._event(side, value)
        else:
            self._line(side, {"text": self._mask.text(frame)})

    def binary(self, side: Side, frame: bytes) -> None:
        """A binary frame: no dialect has any, so its length is enough."""
        self._line(side, {"binary": len(frame)})

    def close(self, side: Side | None, code: int) -> None:
        """The session is over: `side` said goodbye, or nobody did."""
        self._line(side or "nobody", {"close": code})
        self._end()

    def _event(self, side: Side, event: Mapping[str, Any]) -> None:
        if not self._running:
            return
        event, found = lifted(event)
        audio = [self._sound(side, path, audio) for path, audio in found]
        self._line(side, {"event": self._mask.value(event)} | ({"audio": audio} if audio else {}))

    def _sound(self, side: Side, path: Place, audio: bytes) -> Mapping[str, Any]:
        file, start = self._audio[side], 0
        with self._running_on():
            start = file.tell()
            file.write(audio)
            file.flush()
        return {"path": path, "start": start, "bytes": len(audio)}

    def _line(self, side: str, what: Mapping[str, Any]) -> None:
        self._write({"at": round(time.monotonic() - self._began, 4), "from": side, **what})

    def _write(self, line: Mapping[str, Any]) -> None:
        if self._running:
            with self._running_on():
                self._lines.write(json.dumps(line, ensure_ascii=False) + "\n")

    @contextmanager
    def _running_on(self) -> Iterator[None]:
        """A full disk ends the recording and not the call."""
        try:
            yield
        except (OSError, ValueError) as error:
            if self._running:
                logger.error("the recording ends here: %s", error)
            self._running = False

    def _end(self) -> None:
        for file in (self._lines, *self._audio.values()):
            with self._running_on():
                file.close()
        self._running = False


class TapedSocket(web.WebSocketResponse):
    """A WebSocket that records what goes through it."""

    def __init__(self, tape: Tape, **options: Any) -> None:
        super().__init__(**options)
        self._tape = tape

    async def send_str(self, data: str, compress: int | None = None) -> None:
        self._tape.text("server", data)
        await super().send_str(data, compress)

    async def send_bytes(self, data: bytes, compress: int | None = None) -> None:
        self._tape.binary("server", data)
        await super().send_bytes(data, compress)

    async def receive(self, timeout: float | None = None) -> WSMessage:  # noqa: ASYNC109 - aiohttp's
        message = await super().receive(timeout)
        if message.type is WSMsgType.TEXT:
            self._tape.text("client", message.data)
        elif message.type is WSMsgType.BINARY:
            self._tape.binary("client", message.data)
        elif message.type is WSMsgType.CLOSE:
            self._tape.close("client", message.data or NO_CODE)
        elif message.type in (WSMsgType.CLOSED, WSMsgType.ERROR):
            self._tape.close(None, NO_GOODBYE)
        return message

    async def close(self, *, code: int = 1000, message: bytes = b"", drain: bool = True) -> bool:
        # aiohttp also closes in answer to a goodbye, or when the client is gone: `receive` tells of those.
        if self.prepared and self.close_code is None:
            self._tape.close("server", code)
        return await super().close(code=code, message=message, drain=drain)


class Recorder:
    """Makes a tape for each session, in one folder. Raises OSError when that cannot be made."""

    def __init__(self, folder: Path, service: str = "simulator") -> None:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._folder = folder
        self._service = service

    def socket(self, request: web.Request, **options: Any) -> web.WebSocketResponse:
        """The socket for `request`, recorded. Raises OSError when the folder cannot be written to."""
        name = f"{datetime.now(UTC):%Y%m%d-%H%M%S}-{uuid.uuid4().hex[:8]}.jsonl"
        tape = Tape(self._folder / name, Mask.of(request))
        tape.opening(self._service, request)
        return TapedSocket(tape, **options)


def _new(path: Path) -> int:
    return os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
