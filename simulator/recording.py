"""A recording of a realtime session: JSON lines, the audio of each side in a file beside them.

The first line tells what was recorded, each other one frame, or the end:

    {"recording": 1, "service": "my.openai.azure.com", "path": "/v1/realtime", "query": {"model": "x"}, "began": "…"}
    {"at": 0.1, "from": "client", "event": {"type": "input_audio_buffer.append", "audio": ""},
     "audio": [{"path": ["audio"], "start": 0, "bytes": 4800}]}
    {"at": 0.2, "from": "client", "text": "no JSON"}
    {"at": 0.3, "from": "client", "binary": 17}
    {"at": 9.5, "from": "client", "close": 1000}

`at` is in seconds, `from` is client or server (nobody, where the connection broke), `audio` says which piece of
`NAME.client.raw` or `NAME.server.raw` stands where in the event.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Literal, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from simulator.sound_parts import restored

Side: TypeAlias = Literal["client", "server"]
SIDES: tuple[Side, ...] = get_args(Side)
VERSION: Literal[1] = 1
ASKED = ("model", "deployment", "api-version", "intent")
"""What is kept of the query that a client connects with."""


class RecordingError(Exception):
    """A recording that cannot be used: file, line, and what is wrong. Never what people said."""


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True, strict=True)


P = TypeVar("P", bound=_Part)
NOTHING: Mapping[str, object] = MappingProxyType({})


class Opening(_Part):
    """What was recorded."""

    recording: Literal[1]
    service: str
    path: str = Field(pattern="^/")
    query: dict[str, str]
    began: str

    @property
    def preview(self) -> bool:
        """The preview's dialect was spoken."""
        return "api-version" in self.query


class Sound(_Part):
    """Where a piece of audio belongs, and where it lies."""

    path: list[str | int] = Field(min_length=1)
    start: int = Field(ge=0)
    bytes: int = Field(ge=0)


class Frame(_Part):
    """One frame, or the end."""

    line: int
    at: float = Field(ge=0)
    side: Literal["client", "server", "nobody"] = Field(alias="from")
    event: dict[str, Any] | None = None
    audio: list[Sound] = []
    text: str | None = None
    binary: int | None = Field(default=None, ge=0)
    close: int | None = None

    @model_validator(mode="after")
    def _one_thing(self) -> Frame:
        if sum(each is not None for each in (self.event, self.text, self.binary, self.close)) != 1:
            raise ValueError("a line needs one of `event`, `text`, `binary`, `close`")
        if self.side == "nobody" and self.close is None:
            raise ValueError("nobody sends nothing")
        if self.audio and self.event is None:
            raise ValueError("`audio` without `event`")
        return self

    @property
    def kind(self) -> str:
        """The event's type; "" for all else."""
        kind = (self.event or {}).get("type")
        return kind if isinstance(kind, str) else ""


class Recording:
    """A session that was, frame by frame."""

    def __init__(self, file: Path, opening: Opening, frames: tuple[Frame, ...]) -> None:
        self._file = file
        self.name = file.name
        self.opening = opening
        self.frames = frames

    @classmethod
    def load(cls, file: Path) -> Recording:
        """Read it, with a look at its audio. Raises RecordingError."""
        try:
            lines = file.read_bytes().split(b"\n")
        except OSError as error:
            raise RecordingError(f"{file}: cannot be read: {error.strerror}") from None
        if not any(line.strip() for line in lines):
            raise RecordingError(f"{file.name}: holds nothing")
        opening = _read(Opening, file, 1, lines[0])
        frames = tuple(_frame(file, number, line) for number, line in enumerate(lines[1:], 2) if line.strip())
        if not frames:
            raise RecordingError(f"{file.name}: nothing was recorded after line 1")
        recording = cls(file, opening, frames)
        recording._check()
        return recording

    def sent(self, side: Side) -> Iterator[Frame]:
        """The frames of one side."""
        return (frame for frame in self.frames if frame.side == side)

    def whole(self, frame: Frame) -> dict[str, Any]:
        """The event of `frame`, with its audio."""
        event: Any = frame.event
        if not frame.audio:
            return event  # type: ignore[no-any-return]
        with audio_file(self._file, frame.side).open("rb") as file:
            for sound in frame.audio:
                file.seek(sound.start)
                event = restored(event, tuple(sound.path), file.read(sound.bytes))
        return event  # type: ignore[no-any-return]

    def _check(self) -> None:
        sizes: dict[str, int | None] = {side: _size(audio_file(self._file, side)) for side in SIDES}
        for frame in self.frames:
            for sound in frame.audio:
                self._check_sound(frame, sound, sizes[frame.side])

    def _check_sound(self, frame: Frame, sound: Sound, size: int | None) -> None:
        where = f"{self.name}:{frame.line}"
        name = audio_file(self._file, frame.side).name
        if size is None:
            raise RecordingError(f"{where}: its audio is in {name}, which cannot be read")
        if sound.start + sound.bytes > size:
            raise RecordingError(f"{where}: its audio goes beyond the end of {name}")
        try:
            restored(frame.event or {}, tuple(sound.path), b"")
        except (LookupError, TypeError):
            raise RecordingError(f"{where}: `audio` names a place that the event does not have") from None


def audio_file(file: Path, side: str) -> Path:
    """Where the audio of a side lies, for the recording in `file`."""
    return file.with_suffix(f".{side}.raw")


def _size(file: Path) -> int | None:
    try:
        with file.open("rb") as opened:
            return opened.seek(0, 2)
    except OSError:
        return None


def _frame(file: Path, number: int, line: bytes) -> Frame:
    return _read(Frame, file, number, line, {"line": number})


def _read(model: type[P], file: Path, number: int, line: bytes, known: Mapping[str, object] = NOTHING) -> P:
    where = f"{file.name}:{number}"
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        raise RecordingError(f"{where}: the line is no JSON; is it cut off?") from None
    if not isinstance(value, dict):
        raise RecordingError(f"{where}: the line is no JSON object")
    try:
        return model.model_validate({**value, **known})
    except ValidationError as error:
        raise RecordingError(f"{where}: {_complaint(error)}") from None


def _complaint(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False, include_context=False)[0]
    place = ".".join(str(part) for part in first["loc"])
    message = first["msg"].removeprefix("Value error, ")
    return f"`{place}`: {message}" if place else message
