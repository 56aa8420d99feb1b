"""What a client asks of Cartesia, checked before anything of it is done."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, TypeAlias, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator, model_validator
from pydantic_core import ErrorDetails

from simulator.cartesia_error import CartesiaError
from simulator.frame import NotJson, parsed

SampleRate: TypeAlias = Literal[8000, 16000, 22050, 24000, 44100, 48000]
Encoding: TypeAlias = Literal["pcm_s16le", "pcm_f32le", "pcm_mulaw", "pcm_alaw"]
LONGEST_DELAY_MS = 5000
CONTAINERS = ("raw", "wav", "mp3")
"""pydantic names them in the place of an error; no client knows such a field."""
CHANGEABLE = frozenset({"transcript", "continue_", "duration", "flush", "cancel"})
"""What may differ between the requests of one context."""
CODES: Mapping[str, str] = {"output_format": "invalid_output_format", "voice": "voice_required"}


class Part(BaseModel):
    """Types are exact; fields that we do not know are the service's affair."""

    model_config = ConfigDict(strict=True, extra="allow", frozen=True)


class Voice(Part):
    """A voice by its id, or by its embedding."""

    mode: str = "id"
    id: str | None = None
    embedding: list[float] | None = None

    @model_validator(mode="after")
    def _is_one(self) -> Voice:
        if self.id is None and self.embedding is None:
            raise ValueError("voice is required")
        return self


class Raw(Part):
    """Samples and nothing else; pieces of a speech always come so."""

    container: Literal["raw"]
    encoding: Encoding
    sample_rate: SampleRate


class Wav(Part):
    """A WAV file."""

    container: Literal["wav"]
    encoding: Encoding
    sample_rate: SampleRate


class Mp3(Part):
    """An MP3 file."""

    container: Literal["mp3"]
    sample_rate: SampleRate
    bit_rate: Literal[32000, 64000, 96000, 128000, 192000]


class Controls(Part):
    """How it is said."""

    speed: Annotated[float, Field(ge=0.6, le=2.0)] = 1.0
    volume: Annotated[float, Field(ge=0.5, le=2.0)] = 1.0
    emotion: str | None = None


class Speech(Part):
    """A transcript to speak, whichever way it comes."""

    model_id: Annotated[str, Field(min_length=1)]
    transcript: str
    voice: Voice
    language: str | None = None
    duration: Annotated[float, Field(gt=0)] | None = None
    generation_config: Controls | None = None
    pronunciation_dict_id: str | None = None
    add_timestamps: bool = False
    add_phoneme_timestamps: bool = False
    use_normalized_timestamps: bool = False
    context_id: str | None = None

    @field_validator("voice", mode="before")
    @classmethod
    def _by_id(cls, value: object) -> object:
        """A voice may be given by its id alone."""
        return {"mode": "id", "id": value} if isinstance(value, str) else value

    @property
    def voice_id(self) -> str:
        """The voice's id; "embedding" for one without."""
        return self.voice.id or "embedding"

    @property
    def speed(self) -> float:
        """1 is the voice's own."""
        return self.generation_config.speed if self.generation_config else 1.0


class WholeSpeech(Speech):
    """Its sound comes as one file."""

    output_format: Annotated[Raw | Wav | Mp3, Field(discriminator="container")]


class StreamedSpeech(Speech):
    """Its sound comes in pieces."""

    output_format: Raw


class Piece(StreamedSpeech):
    """A transcript on a context."""

    context_id: str
    continue_: bool = Field(default=False, alias="continue")
    flush: bool = False
    max_buffer_delay_ms: Annotated[int, Field(ge=0, le=LONGEST_DELAY_MS)] = 3000

    def agrees_with(self, other: Piece) -> bool:
        """Whether both ask for the same speech."""
        return self.model_dump(exclude={*CHANGEABLE}) == other.model_dump(exclude={*CHANGEABLE})


class Cancel(Part):
    """Give a context up."""

    context_id: str
    cancel: bool


Model = TypeVar("Model", bound=Part)


def speech_of(body: bytes, model: type[Model]) -> Model:
    """A request over HTTP. Raises CartesiaError."""
    return _checked(model, _object(body))


def message_of(frame: str) -> Piece | Cancel:
    """A message on a WebSocket. Raises CartesiaError."""
    asked = _object(frame)
    if not isinstance(asked.get("context_id"), str):
        raise CartesiaError(400, "context_id_required", "context_id is required")
    return _checked(Piece, asked) if asked.get("cancel") in (None, False) else _checked(Cancel, asked)


def _object(text: str | bytes) -> dict[str, Any]:
    try:
        asked = parsed(text)
    except NotJson:
        asked = None
    if isinstance(asked, dict):
        return asked
    raise CartesiaError(400, "invalid_request", "The message is not a JSON object.")


def _checked(model: type[Model], asked: dict[str, Any]) -> Model:
    try:
        return model.model_validate(asked)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
    code = CODES.get(str(first["loc"][0]) if first["loc"] else "", "invalid_request")
    raise CartesiaError(400, code, _sentence(first), asked.get("context_id"))


def _sentence(error: ErrorDetails) -> str:
    field = ".".join(str(each) for each in error["loc"] if each not in CONTAINERS)
    if error["type"] == "value_error":
        return str(error["ctx"]["error"])
    if error["type"] == "union_tag_not_found":
        return f"{field}.container is required"
    if error["type"] == "missing" or error["input"] is None:
        return f"{field} is required"
    if error["type"] == "union_tag_invalid":
        return f"{field}.container must be one of {error['ctx']['expected_tags']}"
    if error["type"] == "literal_error":
        return f"{field} must be one of {error['ctx']['expected']}"
    if error["type"] in ("model_type", "model_attributes_type"):
        return f"{field} must be an object"
    return f"{field}: {error['msg']}"
