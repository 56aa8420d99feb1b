"""The practice's tables, who is let in, who gets a time, and what is erased."""

import asyncio
from dataclasses import replace
from datetime import date, timedelta

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, select

from clinic import appointments
from clinic.accounts import Accounts
from clinic.appointments import TakenError
from clinic.codes import keys_of
from clinic.models import Appointment, Base, Patient
from clinic.patients import Account, Tried, birthday, identify, origin
from clinic.seed import ERIKA, TOM
from switchboard.database import Database
from switchboard.line.business import Whom
from switchboard.operate.erase import Eraser
from tests.moment import NOW
from workflows.clinic_line import CLINIC_LINE

BORN, RIGHT = ERIKA.born_on, keys_of(ERIKA.code_word)


async def tried(database: Database, born_on: date, keys: str, minutes: int = 0, call: str = "one") -> Tried:
    origins = [origin(database.pseudonyms, "call", call)]
    async with database.write() as session:
        return await identify(session, database.pseudonyms, born_on, keys, origins, NOW + timedelta(minutes=minutes))


async def patient_id(database: Database, name: str) -> int:
    async with database.read() as session:
        return (await session.scalars(select(Patient.id).where(Patient.name == name))).one()


async def test_the_migrations_make_the_tables_that_the_models_describe(database: Database) -> None:
    def difference(connection: Connection) -> list[object]:
        ours = {"include_object": lambda _, name, kind, *__: kind != "table" or name in Base.metadata.tables}
        return list(compare_metadata(MigrationContext.configure(connection, opts=ours), Base.metadata))

    async with database.read() as session:
        assert await (await session.connection()).run_sync(difference) == []


def test_a_word_and_its_keys_are_the_same() -> None:
    assert keys_of("Rose") == keys_of("r o s e") == keys_of("7673") == keys_of("(7) 6-7 3") == "7673"


async def test_date_of_birth_and_code_word_belong_together(seeded: Database) -> None:
    right = await tried(seeded, BORN, RIGHT)
    assert right.patient
    assert right.patient.name == ERIKA.name
    assert (await tried(seeded, TOM.born_on, RIGHT)).patient is None
    assert (await tried(seeded, BORN, "1111")).patient is None


async def test_after_three_failures_nobody_gets_in_for_a_while_whatever_they_bring(seeded: Database) -> None:
    said = [await tried(seeded, BORN, "1111", call=f"call {number}") for number in range(3)]
    assert [each.held for each in said] == [False, False, True]
    assert await tried(seeded, BORN, RIGHT, minutes=29, call="another") == Tried(held=True)
    assert (await tried(seeded, BORN, RIGHT, minutes=31, call="another")).patient


async def test_a_call_has_three_tries_for_all_dates_together(seeded: Database) -> None:
    for day in (1, 2, 3):
        await tried(seeded, date(1960, 1, day), "1111")
    assert (await tried(seeded, BORN, RIGHT)).held
    assert (await tried(seeded, BORN, RIGHT, call="two")).patient


async def test_tries_that_are_made_at_once_are_all_counted(seeded: Database) -> None:
    said = await asyncio.gather(*(tried(seeded, BORN, f"{number}111", call=f"call {number}") for number in range(6)))
    assert sum(not each.held for each in said) == 2


async def test_an_operator_lets_a_patient_in_again(seeded: Database) -> None:
    for _ in range(3):
        await tried(seeded, BORN, "1111")
    accounts = Accounts()
    async with seeded.write() as session:
        assert await accounts.unlock(session, seeded.pseudonyms, "10042") is None
        assert await accounts.unlock(session, seeded.pseudonyms, BORN.isoformat()) == 1
        assert await accounts.unlock_origin(session, seeded.pseudonyms, "call", "one") == 1
    assert (await tried(seeded, BORN, RIGHT)).patient
    assert birthday(seeded.pseudonyms, BORN) != birthday(seeded.pseudonyms, TOM.born_on)


@pytest.mark.parametrize(
    ("said", "found"), [("1984-03-14", True), ("1984-03-15", False), ("99999", False), ("x", False)]
)
async def test_a_patient_is_named_by_date_of_birth_or_number(seeded: Database, said: str, found: bool) -> None:
    theirs = str(await patient_id(seeded, ERIKA.name))
    async with seeded.read() as session:
        assert (await Accounts().find(session, said) == theirs) is found
        assert await Accounts().find(session, theirs) == theirs


async def test_of_two_who_want_one_time_one_gets_it_and_asking_twice_books_once(seeded: Database) -> None:
    one, two = Account(await patient_id(seeded, ERIKA.name)), Account(await patient_id(seeded, TOM.name))
    async with seeded.read() as session:
        time = (await appointments.free(session, NOW))[0]
    for key in ("a", "a"):
        async with seeded.write() as session:
            assert (await appointments.book(session, one, time, "Cough.", key)).id == time.id
    async with seeded.write() as session:
        with pytest.raises(TakenError):
            await appointments.book(session, two, time, "Cough.", "b")
    async with seeded.write() as session:
        await appointments.give_back(session, two, time)
    async with seeded.read() as session:
        assert time.id in [each.id for each in await appointments.of(session, one, NOW)], "not theirs to give back"


async def test_an_erasure_empties_reasons_and_keeps_the_time(seeded: Database) -> None:
    account = await patient_id(seeded, ERIKA.name)
    async with seeded.write() as session:
        time = (await appointments.free(session, NOW))[0]
        await appointments.book(session, Account(account), time, "quokka bite", "room:book:1")
    line = replace(CLINIC_LINE, playbook=None)
    done = await Eraser(seeded, None, (line,)).erase(Whom(account=str(account), business="clinic"))
    async with seeded.read() as session:
        row = await session.get_one(Appointment, time.id)

    assert done.kept_by_business == {"reasons of appointments": 1}
    assert (row.patient_id, row.reason) == (account, "")
