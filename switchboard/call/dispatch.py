"""What a dispatch tells the worker about the call: LiveKit carries it, as metadata, from who asks for an agent."""

import json
from typing import Self

import structlog
from pydantic import BaseModel, ConfigDict, ValidationError, field_validator

log = structlog.get_logger(__name__)


class Dispatch(BaseModel):
    """Which call an agent is asked for. Frontends of others may name a line, or nothing at all."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)

    line: str | None = None
    """None: the first line."""
    caller: str | None = None
    """The identity that the caller will have in the room; None: whoever comes."""
    warm: bool = False
    """The agent comes before the caller does."""
    resume: str | None = None
    """The call that goes on here."""
    phone: bool = False

    @field_validator("line", "caller", "resume")
    @classmethod
    def _said(cls, value: str | None) -> str | None:
        """An empty text says nothing: a call would wait for a caller without a name."""
        return value or None

    def dumps(self) -> str:
        """The dispatch as metadata."""
        return json.dumps(self.model_dump(exclude_defaults=True))

    @classmethod
    def parse(cls, metadata: str) -> Self:
        """What the metadata says. Raises `ValidationError`, a `ValueError`, for what is not a dispatch of ours."""
        return cls.model_validate_json(metadata or "{}")

    @classmethod
    def understood(cls, metadata: str) -> Self:
        """The same for a call that has to be answered: the first line does if nothing can be understood."""
        try:
            return cls.parse(metadata)
        except ValidationError as error:
            wrong = [".".join(map(str, each["loc"])) or each["type"] for each in error.errors(include_input=False)]
            log.error("a dispatch was not understood: the first line answers", wrong=wrong)
            return cls()
