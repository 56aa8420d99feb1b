"""Who one is, and until when."""

from datetime import datetime

from fastapi import Request
from pydantic import BaseModel, Field

from switchboard.http.operate.access import operator_of
from switchboard.http.operate.roles import Role


class MeAnswer(BaseModel):
    """Who is signed in."""

    name: str
    role: Role
    signed_out_at: datetime | None = Field(description="When they have to sign in again.")


async def me(request: Request) -> MeAnswer:
    """Who is signed in, and what their role is."""
    operator = operator_of(request)
    return MeAnswer(name=operator.name, role=operator.role, signed_out_at=operator.until)
