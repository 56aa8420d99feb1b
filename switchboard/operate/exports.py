"""Calls as files for other programs: a list as CSV or JSON, a page at a time, and one call as JSON."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any

from switchboard.database import Database
from switchboard.operate.call_line import CallLine
from switchboard.operate.filter import Filter
from switchboard.operate.find import pages
from switchboard.operate.sight import Sight
from switchboard.operate.story import CallStory

COLUMNS = (
    "id", "line", "agent", "agents", "caller", "started_at", "ended_at", "outcome", "seconds", "cost", "currency",
    "rules", "first_sound_p50_ms", "to_person",
)  # fmt: skip
FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a spreadsheet takes for the beginning of a formula, or for the end of a cell before one."""


async def csv_of(database: Database, wanted: Filter) -> AsyncIterator[str]:
    """All calls that are wanted, in pieces: a line for each, below their heads. Between several values is a space."""
    yield _lines([COLUMNS])
    async for page in pages(database, wanted):
        yield _lines([_cells(call) for call in page.calls])


async def json_of(database: Database, wanted: Filter) -> AsyncIterator[str]:
    """The same as one JSON object, `{"calls": [...]}`."""
    yield '{"calls": ['
    before = "\n"
    async for page in pages(database, wanted):
        for call in page.calls:
            yield before + json.dumps(call.json(), ensure_ascii=False)
            before = ",\n"
    yield "\n]}\n"


def export_json(story: CallStory, sight: Sight) -> str:
    """All of one call."""
    return json.dumps(story.json(sight), ensure_ascii=False, indent=1) + "\n"


def _lines(rows: list[Any]) -> str:
    written = io.StringIO()
    csv.writer(written).writerows(rows)
    return written.getvalue()


def _cells(call: CallLine) -> list[str]:
    values = call.json()
    return [_cell(values[column]) for column in COLUMNS]


def _cell(value: Any) -> str:
    """What a spreadsheet shows as it stands here."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case list():
            return _cell(" ".join(value))
        case str() if value.startswith(FORMULA):
            return f"'{value}"
        case _:
            return str(value)
