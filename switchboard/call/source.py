"""Where a call comes from, as limits count it: pseudonyms, which the metadata of its room carries."""

from typing import Self

from pydantic import BaseModel, ConfigDict, ValidationError


class Source(BaseModel):
    """Who asked for a call. Rooms of others say nothing of it."""

    model_config = ConfigDict(frozen=True, strict=True, extra="ignore", hide_input_in_errors=True)

    address: str = ""
    """A pseudonym of the address, the same for all of an IPv6 customer's; "" where it is not known."""
    identity: str = ""
    """A pseudonym of who signed in, where callers have to."""
    account: str = ""
    """A pseudonym of their e-mail address, where the sign-in service has verified one."""

    def dumps(self) -> str:
        """The source as metadata."""
        return self.model_dump_json(exclude_defaults=True)

    @classmethod
    def understood(cls, metadata: str) -> Self:
        """What the metadata says; nothing, where it is not ours."""
        try:
            return cls.model_validate_json(metadata or "{}")
        except ValidationError:
            return cls()


UNKNOWN = Source()
