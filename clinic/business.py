"""The practice as what stands behind a line."""

from pathlib import Path

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncSession

from clinic.accounts import Accounts
from clinic.belongings import Belongings
from clinic.models import Base, Patient
from clinic.seed import seed
from switchboard.line.business import Business


async def private(session: AsyncSession) -> frozenset[str]:
    """Who is a patient is told to nobody."""
    return frozenset(await session.scalars(select(Patient.name)))


CLINIC = Business(
    name="clinic",
    tables=Base.metadata,
    migrations=Path(__file__).parent / "migrations" / "versions",
    seed=seed,
    belongings=Belongings,
    accounts=Accounts(),
    private=private,
)
