"""What a call came to, in a row of its own."""

from decimal import Decimal

from sqlalchemy import func, select

from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.ledger.events import Answered
from switchboard.ledger.tables import DigestRow


async def test_a_sum_keeps_its_millionths_on_every_database(database: Database) -> None:
    for call_id, cost in (("a", Decimal("0.1")), ("b", Decimal("12345678.200001")), ("c", None)):
        async with Ledger(database, call_id, "line") as ledger:
            ledger.write(Answered(line="line", agent="greeter", provider="simulator"))
        async with database.write() as session:
            session.add(DigestRow(call_id=call_id, agent="greeter", seconds=1.0, cost=cost, turns=0, to_person=False))

    async with database.read() as session:
        costs = (await session.scalars(select(DigestRow.cost).order_by(DigestRow.call_id))).all()
        dear = (await session.scalars(select(DigestRow.call_id).where(DigestRow.cost > Decimal("0.1")))).all()
        total = await session.scalar(select(func.sum(DigestRow.cost)))
    assert costs == [Decimal("0.100000"), Decimal("12345678.200001"), None]
    assert dear == ["b"]
    assert total == Decimal("12345678.300001")
