"""What the practice's line knows of a call so far."""

from pydantic import BaseModel


class Visit(BaseModel):
    """What the caller comes with. The tools keep it."""

    symptoms: str | None = None
    urgent: bool = False
