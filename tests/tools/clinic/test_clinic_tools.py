"""The practice's tools: who may use them, and what they say."""

import inspect
import uuid
from datetime import date
from types import SimpleNamespace
from typing import Any, cast

import pytest
from livekit.agents import RunContext, ToolError, llm

from clinic.seed import ERIKA, PATIENTS
from switchboard.call.call import Call
from switchboard.database import Database
from switchboard.ledger import Ledger
from tests.moment import NOW
from tools import clock
from tools.clinic import access
from tools.clinic.access import identify_patient
from tools.clinic.appointments import book_appointment, cancel_appointment, find_free_times, list_appointments
from tools.clinic.birthdays import birthday
from tools.clinic.triage import CALL_999, NOTED, note_symptoms
from tools.clinic.visit import Visit
from workflows.clinic_line import CLINIC_LINE

Ctx = RunContext[Call[Visit]]
FOR_EVERYBODY = {"identify_patient", "find_free_times", "note_symptoms"}
"""What a caller may use without saying who they are. None of it tells or changes anything of a patient."""
TOOLS = {
    tool.info.name: tool for agent in CLINIC_LINE.agents for tool in agent.toolbox if isinstance(tool, llm.FunctionTool)
}
FIRST = "tomorrow at nine"


@pytest.fixture(autouse=True)
def at_our_moment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOW)


class Untouchable:
    """A database that nobody may open."""

    def __getattr__(self, name: str) -> Any:
        raise AssertionError("the database was asked before it was known who calls")


def ring(database: Database) -> Ctx:
    name = f"call_{uuid.uuid4().hex[:12]}"
    ledger = Ledger(database, name, "clinic-line")
    call = Call(id=name, line="clinic-line", state=Visit(), database=database, ledger=ledger)
    return cast(Ctx, SimpleNamespace(userdata=call))


async def known(database: Database) -> Ctx:
    ctx = ring(database)
    await identify_patient(ctx, born_on="14 March 1984", code_word="(typed on the keypad) 7673")
    return ctx


@pytest.mark.parametrize("name", sorted(set(TOOLS) - FOR_EVERYBODY))
async def test_an_unknown_caller_is_refused_before_the_database_is_touched(name: str) -> None:
    given = dict.fromkeys(list(inspect.signature(TOOLS[name]).parameters)[1:], "something")
    with pytest.raises(ToolError) as refused:
        await TOOLS[name](ring(Untouchable()), **given)  # type: ignore[arg-type]

    assert refused.value.message == access.UNKNOWN


async def test_what_is_for_everybody_names_no_patient(seeded: Database) -> None:
    said = [await find_free_times(ring(seeded)), await note_symptoms(ring(seeded), symptoms="a cough")]

    assert not [each.name for each in PATIENTS if each.name in " ".join(said)]


async def test_who_is_wrong_is_told_the_same_whatever_is_wrong(seeded: Database) -> None:
    told = []
    for born_on, word in (("14 March 1984", "1111"), ("15 March 1984", "7673"), ("2 November 1951", "7673")):
        with pytest.raises(ToolError) as refused:
            await identify_patient(ring(seeded), born_on=born_on, code_word=word)
        told.append(refused.value.message)

    assert set(told) == {access.NO_MATCH}


@pytest.mark.parametrize(
    ("born_on", "word", "told"), [("March", "7673", access.NO_DATE), ("14.3.1984", "", access.NO_WORD)]
)
async def test_what_is_missing_is_asked_for_and_costs_no_try(born_on: str, word: str, told: str) -> None:
    with pytest.raises(ToolError) as refused:
        await identify_patient(ring(Untouchable()), born_on=born_on, code_word=word)  # type: ignore[arg-type]

    assert refused.value.message == told


async def test_a_time_is_booked_told_and_given_back(seeded: Database) -> None:
    ctx = await known(seeded)
    verified = ctx.userdata.caller.verified
    assert verified
    assert (verified.name, verified.by) == (ERIKA.name, access.BY)
    offered = await find_free_times(ctx, day="tomorrow")
    assert FIRST in offered
    booked = await book_appointment(ctx, time=FIRST, reason="a cough")
    assert booked.startswith("The appointment is booked: tomorrow at nine in the morning with ")
    assert FIRST not in await find_free_times(ctx, day="tomorrow")
    assert FIRST in await list_appointments(ctx)
    assert "is cancelled" in await cancel_appointment(ctx, time=FIRST)
    assert FIRST in await find_free_times(ctx, day="tomorrow")


async def test_a_time_that_is_not_clear_is_asked_for(seeded: Database) -> None:
    ctx = await known(seeded)
    with pytest.raises(ToolError, match="It is not clear which time is meant"):
        await book_appointment(ctx, time="tomorrow", reason="a cough")


@pytest.mark.parametrize(
    ("symptoms", "told"),
    [
        ("pain in my chest since noon", CALL_999),
        ("I can't breathe", CALL_999),
        ("a cough", NOTED),
        ("Atemnot", CALL_999),
    ],
)
async def test_an_emergency_is_told_from_what_a_doctor_can_see_tomorrow(symptoms: str, told: str) -> None:
    ctx = ring(Untouchable())  # type: ignore[arg-type]
    assert await note_symptoms(ctx, symptoms=symptoms) == told
    assert ctx.userdata.state == Visit(symptoms=symptoms, urgent=told == CALL_999)


@pytest.mark.parametrize(
    "said",
    [
        *("14 March 1984", "14th of March 1984", "March the 14th, 1984", "1984-03-14", "14.3.1984", "14/03/1984"),
        *("(typed on the keypad) 14031984", "14. März 1984", "I was born on 14 march 1984, thanks"),
    ],
)
def test_a_date_of_birth_is_understood_as_it_is_said_or_typed(said: str) -> None:
    assert birthday(said) == date(1984, 3, 14)


@pytest.mark.parametrize("said", ["", "March 1984", "31 February 1984", "14 March 1984 or 15 March 1984", "99999999"])
def test_what_is_no_one_date_is_none(said: str) -> None:
    assert birthday(said) is None


def test_the_code_word_is_a_secret_of_the_line() -> None:
    assert CLINIC_LINE.secrets == {"code_word"}
