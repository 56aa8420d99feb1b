"""Whose call it is, as budgets count it."""

import pytest

from switchboard.call.call import Call, Caller, Verified
from switchboard.call.origins import origin_of, origins_of
from switchboard.call.source import Source
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.line.workflow import NoState

ADA = Verified(account="7", name="Ada", by="order number and postcode")


@pytest.fixture
async def call(database_url: str) -> Call[NoState]:
    database = Database(database_url)
    return Call("call_1", "line", NoState(), database, Ledger(database, "call_1", "line"))


async def test_a_call_counts_with_those_that_it_goes_on_from(call: Call[NoState]) -> None:
    alone = origin_of(call)
    call.origin = "room-1"

    assert (alone, origin_of(call)) == ("call_1", "room-1")


@pytest.mark.parametrize(
    ("caller", "origins"),
    [
        (Caller(), []),
        (Caller(source=Source(address="192.0.2.7")), ["address 192.0.2.7"]),
        (Caller(source=Source(identity="ada@example.com")), ["identity ada@example.com"]),
        (
            Caller(source=Source(address="192.0.2.7", identity="ada@example.com")),
            ["address 192.0.2.7", "identity ada@example.com"],
        ),
        (Caller(number="+44 20 7946 0018", dialed="+442079460000"), ["number 442079460018"]),
        (Caller(number="+442079460018"), ["number 442079460018"]),
        (Caller(dialed="+442079460000"), ["number withheld"]),
        (Caller(number="anonymous"), ["number withheld"]),
        (Caller(source=Source(address="192.0.2.7"), number="+442079460018", verified=ADA), ["account 7"]),
    ],
)
async def test_a_caller_comes_from_where_they_cannot_easily_change(
    call: Call[NoState], caller: Caller, origins: list[str]
) -> None:
    call.caller = caller

    assert origins_of(call) == origins
