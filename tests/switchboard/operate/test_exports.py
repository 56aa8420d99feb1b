"""Lists and calls as files."""

import csv
import io
import json
import re

import pytest

from switchboard.database import Database
from switchboard.ledger.events import CallerSpoke
from switchboard.ledger.prices import Prices
from switchboard.operate.exports import COLUMNS, csv_of, export_json, json_of
from switchboard.operate.filter import Filter
from switchboard.operate.sight import Sight
from switchboard.operate.story import story
from tests.switchboard.operate.made import MASKED, answered, bare_call, call


async def csv_rows(database: Database, wanted: Filter) -> list[list[str]]:
    return list(csv.reader(io.StringIO("".join([piece async for piece in csv_of(database, wanted)]))))


async def test_a_list_as_csv_has_a_line_for_each_call(database: Database) -> None:
    await call(database, "call_1", agents=("greeter", "support"), rules=("dead_air", "asked_again"), to_person=True)
    await bare_call(database, "call_2", answered(caller=None), minute=1)

    assert await csv_rows(database, Filter()) == [
        list(COLUMNS),
        [
            "call_2",
            "support-line",
            "greeter",
            "greeter",
            "",
            "2026-11-23T09:01:00+00:00",
            "",
            "",
            "",
            "",
            "",
            "",
            "",
            "no",
        ],
        [
            "call_1",
            "support-line",
            "support",
            "greeter support",
            MASKED,
            "2026-11-23T09:00:00+00:00",
            "2026-11-23T09:01:00+00:00",
            "goodbye",
            "60.0",
            "0.050000",
            "USD",
            "dead_air asked_again",
            "",
            "yes",
        ],
    ]


async def test_no_cell_is_a_formula(database: Database) -> None:
    for number, line in enumerate(("=cmd()", "+1", "-1", "@x", "\t=1", 'a"=1,=2')):
        await call(database, f"call_{number}", line=line, minute=number)

    lines = [row[1] for row in await csv_rows(database, Filter())][1:]

    assert lines == ['a"=1,=2', "'\t=1", "'@x", "'-1", "'+1", "'=cmd()"]


async def test_files_hold_all_that_is_filtered_however_many_pages_it_has(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("switchboard.operate.find.AT_ONCE", 2)
    for number in range(5):
        await call(database, f"call_{number}", line=f"line-{number % 2}", minute=number)

    rows = await csv_rows(database, Filter(line="line-0", limit=1))
    written = json.loads("".join([piece async for piece in json_of(database, Filter(line="line-0", limit=1))]))

    assert [row[0] for row in rows] == ["id", "call_4", "call_2", "call_0"]
    assert [each["id"] for each in written["calls"]] == ["call_4", "call_2", "call_0"]


async def test_a_file_of_no_calls_is_a_file(database: Database) -> None:
    assert await csv_rows(database, Filter()) == [list(COLUMNS)]
    assert json.loads("".join([piece async for piece in json_of(database, Filter())])) == {"calls": []}


async def test_a_call_as_json_is_all_that_its_page_shows(database: Database) -> None:
    await bare_call(database, "call_1", answered(), CallerSpoke(text="It is 47112, naïve."))
    told = await story(database, "call_1", Prices.read(), {})
    assert told is not None
    assert json.loads(export_json(told, Sight.ALL)) == told.json(Sight.ALL)
    assert "naïve" in export_json(told, Sight.ALL)
    assert not re.search(r"\b47112\b", export_json(told, Sight.MASKED))  # as a number: times have six digits
