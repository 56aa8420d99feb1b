"""The shop as what stands behind a line."""

from pathlib import Path

from shop.accounts import Accounts
from shop.belongings import Belongings
from shop.customers import private
from shop.models import Base
from shop.post import OUTBOX
from shop.seed import seed
from switchboard.line.business import Business

SHOP = Business(
    name="shop",
    tables=Base.metadata,
    migrations=Path(__file__).parent / "migrations" / "versions",
    seed=seed,
    belongings=Belongings,
    accounts=Accounts(),
    private=private,
    post=OUTBOX.given_to,
)
