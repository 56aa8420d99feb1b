"""What the web app writes of a caller is understood by the worker: both make the same marks."""

from pydantic import SecretStr
from starlette.requests import Request

from app.data import database_of
from app.unlock import mark_of
from shop.models import Customer
from shop.sign_ins import Identity, may_be
from switchboard.call.source import Source
from switchboard.database import Database
from switchboard.http.auth import SignedIn
from switchboard.http.sources import Sources
from switchboard.settings.schema import LiveKit, Settings
from tests.shop.rows import add_customer

SECRET = SecretStr("s" * 32)
SETTINGS = Settings(livekit=LiveKit(url="ws://127.0.0.1:7880", api_key=SecretStr("key"), api_secret=SECRET))


def source_of(email: str | None) -> Source:
    request = Request({"type": "http", "client": ("203.0.113.7", 40000), "headers": []})
    request.state.signed_in = SignedIn("owner", email)
    return Sources(SECRET).of(request)


async def test_an_account_is_that_of_the_address_that_was_signed_in_with(database: Database) -> None:
    marks = database_of(SETTINGS).pseudonyms
    async with database.write() as session:
        await add_customer(session)
        ada = await session.get_one(Customer, 1)
        hers, his = (source_of(email) for email in ("Ada@Example.com", "bob@example.com"))

        assert await may_be(session, marks, Identity(hers.identity, hers.account), ada)
        assert not await may_be(session, marks, Identity(his.identity, his.account), ada)


def test_an_address_is_unlocked_by_the_mark_that_the_web_app_gives_it() -> None:
    assert mark_of(SETTINGS)("203.0.113.7") == source_of(None).address


def test_nothing_of_who_signed_in_or_where_can_be_read_from_a_source() -> None:
    assert not {"owner", "ada", "203"} & set(source_of("ada@example.com").dumps().replace('"', " ").split())
