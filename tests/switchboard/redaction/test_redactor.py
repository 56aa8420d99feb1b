"""What tells of somebody is taken out before it is written, and whoever has the call now knows it still."""

import logging
from datetime import timedelta
from pathlib import Path

import pytest
import structlog

from bench import redaction
from switchboard import logs
from switchboard.call.resume import recall
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import CallerSpoke, Ended, Event, Failed, Remembered, ToolCalled, ToolReturned
from switchboard.ledger.timeline import timeline
from switchboard.redaction.redactor import KINDS, NOTHING, Kind, Redactor
from switchboard.settings.schema import Log
from tests.own_logging import own_logging
from tests.stage.stage import staged
from tests.switchboard.operate.made import answered
from tests.switchboard.operate.searched import database_text

ALL = Redactor(KINDS)
EMAILS: tuple[Kind] = ("emails",)
TOLD = "It's oh double seven double oh nine hundred one two three, or a dot hart at example dot com, S W one A two A A."
# numbers are looked for in a length that no id and no time has by chance
OF_THEIRS = ("double seven", "hart", "s w one", "07700 900", "07700900", "example.com", "41111111", "m1 4bt")


def found(text: str) -> list[str]:
    return [each for each in OF_THEIRS if each in text.lower()]


def test_as_much_is_found_and_as_little_else_as_the_docs_say() -> None:
    figures = redaction.measure()

    assert len(figures.cases) >= 200
    assert figures.precision >= redaction.LEAST_PRECISION
    assert figures.recall >= redaction.LEAST_RECALL


def test_each_kind_has_a_mark_and_only_what_is_wanted_is_taken() -> None:
    text = "4111 1111 1111 1111, a@example.com, 07700 900123, M1 4BT"

    assert ALL.text(text) == "[card number], [e-mail], [phone number], [postcode]"
    assert Redactor(EMAILS).text(text) == "4111 1111 1111 1111, [e-mail], 07700 900123, M1 4BT"
    assert NOTHING.text(text) == text


@pytest.mark.parametrize("case", list(redaction.cases()), ids=lambda case: case.says[:40])
def test_what_was_taken_out_once_is_not_changed_again(case: redaction.Case) -> None:
    once = ALL.text(case.says)

    assert ALL.text(once) == once


def test_values_of_json_are_redacted_wherever_they_stand() -> None:
    value = {"phone 07700 900123": ["a@example.com", 4111111111111111, 10042, True, None, 1.5], "n": {"x": "M1 4BT"}}

    assert ALL.json(value) == {
        "phone [phone number]": ["[e-mail]", "[card number]", 10042, True, None, 1.5],
        "n": {"x": "[postcode]"},
    }


async def test_nothing_of_it_is_stored_and_listeners_are_told_all(database: Database) -> None:
    told: list[Event] = []
    async with Ledger(database, "call_1", "line", "room", (told.append,), redactor=ALL) as ledger:
        ledger.write(answered())
        ledger.write(CallerSpoke(text=TOLD))
        arguments = {"phone": "07700 900123", "note": {"email": "a.hart@example.com"}, "order": 10042}
        ledger.write(ToolCalled(agent="a", tool="t", call_id="c", arguments=arguments))
        ledger.write(ToolReturned(agent="a", tool="t", call_id="c", result="Sent to M1 4BT.", failed=False, ms=1))
        ledger.write(Failed(source="s", message="4111111111111111 is wrong", recoverable=True))
        ledger.write(
            Remembered(state={"phone": "07700 900123", "note": "to 07700 900123", "order": 10042}, verified=None)
        )
        await ledger.saved()
        ledger.mask.hide("10042")  # all that is stored is masked once more
        ledger.write(Ended(reason="error"))
    kept = await timeline(database, "call_1")

    assert found(await database_text(database)) == []
    assert CallerSpoke(text=TOLD).text in [getattr(event, "text", "") for event in told]
    (remembered,) = (event for event in kept if isinstance(event, Remembered))
    assert remembered.state.get("note") == "to [phone number]"
    assert "phone" not in remembered.state, "a call that goes on has no wrong number"
    past = await recall(database, "room", timedelta(minutes=5))
    assert past is not None
    assert past.said[0].words == "It's [phone number], or [e-mail], [postcode]."


async def test_the_model_is_told_what_is_not_kept(database_url: str) -> None:
    async with staged(database_url, typed=True, LEDGER_REDACTS="phones,emails,postcodes,cards") as stage:
        await stage.say(TOLD)
        await stage.conversation.ledger.saved()
        kept = await database_text(stage.database)

    assert any("double seven" in item.text for item in stage.mind.requests[-1].items)
    assert "[phone number]" in kept
    assert found(kept) == []


@pytest.mark.parametrize("form", ["json", "console"])
def test_nothing_of_it_stands_in_a_log(tmp_path: Path, form: str) -> None:
    file = tmp_path / "log"
    with own_logging():
        logs.configure(Log.model_validate({"format": form}), file, ALL)
        structlog.get_logger("ours").warning(f"heard {TOLD}", call="call_0123456789ab", what=["M1 4BT"])
        logging.getLogger("others").warning("sent to %s", "a@example.com")
    written = file.read_text()

    assert found(written) == []
    assert "call_0123456789ab" in written
    assert "a@" not in written
    assert "heard It's [phone number]" in written
