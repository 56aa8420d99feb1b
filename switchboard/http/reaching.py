"""What is told of a database that does not answer: when to try again, and nothing of what it said."""

from collections.abc import Iterator
from contextlib import contextmanager

import structlog

from switchboard.http.errors import DatabaseDown
from switchboard.ledger.ledger import AWAY

log = structlog.get_logger("http")

RETRY_SECONDS = 5


@contextmanager
def reaching_database() -> Iterator[None]:
    """Whatever is wrong with the database within the block is a `DatabaseDown`."""
    try:
        yield
    except AWAY as error:
        log.error("the database does not answer", error=type(error).__name__)
        raise DatabaseDown({"Retry-After": str(RETRY_SECONDS)}) from None
