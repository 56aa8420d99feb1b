"""Tells whoever listens that the ledger has something new of a call, when it is stored and not before."""

from sqlalchemy import func, select
from sqlalchemy.orm import Session

CHANNEL = "switchboard_calls"


def announce(session: Session, call_id: str) -> None:
    """With the transaction of that session. On SQLite one sees that the file has changed."""
    if session.get_bind().dialect.name == "postgresql":
        session.execute(select(func.pg_notify(CHANNEL, call_id)))
