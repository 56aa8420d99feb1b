"""Log lines: whose call it is, and what never stands in one."""

import asyncio
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import structlog

from switchboard import logs
from switchboard.settings.schema import Log
from tests.own_logging import own_logging
from tests.stage.stage import staged


@pytest.fixture
def log_file(tmp_path: Path) -> Iterator[Path]:
    with own_logging():
        yield tmp_path / "log" / "test.log"


@pytest.mark.parametrize("form", ["json", "console"])
async def test_every_line_of_a_call_names_the_call_and_the_agent_and_nothing_the_caller_said(
    log_file: Path, form: str, database_url: str
) -> None:
    logs.configure(Log.model_validate({"format": form, "level": "debug"}), log_file)
    async with staged(database_url) as stage:
        await stage.say("my postcode is SW1A 2AA")
        await stage.say("look up parcel")
        await stage.say("to studio")
        stage.simulator.faults.add("drop_mid_response", after_chars=10)
        await stage.say("my postcode is SW1A 2AA")
        call_id = stage.conversation.call.id

    lines = await asyncio.to_thread(log_file.read_text, encoding="utf-8")
    assert "SW1A" not in lines
    assert "text response received" not in lines
    assert "on its way" not in lines
    if form == "json":
        every = [json.loads(line) for line in lines.splitlines()]
        of_call = [line for line in every if line.get("call") == call_id]
        assert {line["agent"] for line in of_call} >= {"reception", "studio"}
        assert len(of_call) > 5


def test_a_traceback_shows_no_variables(log_file: Path) -> None:
    logs.configure(Log(), log_file)
    secret = "canary-4f7a9c2e"
    try:
        raise ValueError(len(secret))
    except ValueError:
        logging.getLogger("somebody").exception("it failed")

    assert "ValueError" in log_file.read_text(encoding="utf-8")
    assert secret not in log_file.read_text(encoding="utf-8")


def test_who_has_logged_before_logs_as_was_said_last(log_file: Path) -> None:
    log = structlog.get_logger("somebody")
    logs.configure(Log(), log_file)
    log.warning("first")
    logs.configure(Log(format="json"), log_file)
    with structlog.testing.capture_logs() as told:
        log.warning("second")

    assert told == [{"event": "second", "log_level": "warning"}]
