import ast
from pathlib import Path

import pytest

from shop import customers
from switchboard.database import Database
from tests.shop.rows import add_customer, add_order

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("postcode", ["SW1A 2AA", "sw1a2aa", "SW1A2AA", "SWIA 2AA"])
async def test_order_number_and_postcode_identify_the_customer(database: Database, postcode: str) -> None:
    async with database.write() as session:
        account = await add_customer(session)
        await add_order(session, account)
        found = await customers.identify(session, postcode=postcode, order_number=10001)

    assert found is not None
    assert found.id == account.customer_id


async def test_email_and_postcode_identify_the_customer(database: Database) -> None:
    async with database.write() as session:
        await add_customer(session)
        found = await customers.identify(session, postcode="SW1A 2AA", email="Ada@Example.com")

    assert found is not None
    assert found.name == "Ada"


@pytest.mark.parametrize(
    ("postcode", "order_number", "email"),
    [
        ("SW1A 2AB", 10001, None),
        ("", 10001, None),
        ("SW1A 2AA", 10002, None),
        ("SW1A 2AA", None, "bob@example.com"),
        ("SW1A 2AA", None, None),
        ("SW1A 2AA", None, ""),
        ("SW1A 2AA", 10001, "bob@example.com"),
        ("M1 1AA", 10001, "bob@example.com"),
    ],
)
async def test_everything_that_is_given_has_to_fit(
    database: Database, postcode: str, order_number: int | None, email: str | None
) -> None:
    async with database.write() as session:
        await add_order(session, await add_customer(session))
        await add_customer(session, "bob", "M1 1AA")
        found = await customers.identify(session, postcode=postcode, order_number=order_number, email=email)

    assert found is None


def test_only_the_tools_access_makes_an_account() -> None:
    makers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("shop", "tools", "agents", "workflows")
        for path in (ROOT / folder).rglob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Call) and getattr(node.func, "id", getattr(node.func, "attr", "")) == "Account"
    }

    assert makers == {"tools/access.py", "tools/clinic/access.py"}
