"""Who has seen what is kept, and for how long; what they searched for is not."""

from datetime import UTC, datetime, timedelta

from sqlalchemy import select, text

from switchboard.database import Database
from switchboard.ledger.tables import AuditRow
from switchboard.operate.audit import Audit, Viewer, entries

ADA, BOB = Viewer("idp 7", "Ada", "supervisor"), Viewer("idp 8", "Bob", "admin")


async def test_what_somebody_does_is_told_newest_first(database: Database) -> None:
    audit = Audit(database, timedelta(days=1))
    await audit.note(ADA, "looked", "call_1")
    await audit.note(BOB, "erased", "call_1")
    await audit.note(ADA, "listed", wanted={"line": "support-line", "q": "", "agent": "billing"})

    told = await entries(database, 10)
    assert [(entry.viewer, entry.what, entry.call) for entry in told] == [
        (ADA, "listed", None),
        (BOB, "erased", "call_1"),
        (ADA, "looked", "call_1"),
    ]
    assert told[0].wanted == {"line": "support-line", "agent": "billing"}
    assert datetime.now(UTC) - told[0].at < timedelta(seconds=20)
    assert [entry.what for entry in await entries(database, 10, call="call_1")] == ["erased", "looked"]
    assert [entry.what for entry in await entries(database, 10, who="Bob")] == ["erased"]
    assert [entry.what for entry in await entries(database, 1, who="idp 7")] == ["listed"]


async def test_what_was_searched_for_is_not_kept(database: Database) -> None:
    await Audit(database, timedelta(days=1)).note(ADA, "listed", wanted={"q": "Amelia Hart"})

    assert (await entries(database, 1))[0].wanted == {"q": "***"}
    async with database.read() as session:
        rows = (await session.execute(text("SELECT * FROM audit"))).all()
    assert "Amelia" not in str(rows)


async def test_it_is_forgotten_in_time(database: Database) -> None:
    audit = Audit(database, timedelta(days=30))
    for days in (31, 29):
        await audit.note(ADA, "looked", f"call_{days}")
        async with database.write() as session:
            row = (await session.scalars(select(AuditRow).where(AuditRow.call_id == f"call_{days}"))).one()
            row.at = datetime.now(UTC) - timedelta(days=days)
    await audit.forget()

    assert [entry.call for entry in await entries(database, 10)] == ["call_29"]
