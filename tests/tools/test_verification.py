"""What a caller says to show who they are: what is not understood is asked again, and costs no try."""

import pytest
from livekit.agents import ToolError

from shop.demo import AMELIA
from switchboard.database import Database
from tests.tools.phone import ring
from tests.tools.test_access import Untouchable
from tools import access
from tools.verification import POSTCODE_MISSING, POSTCODE_UNCLEAR, PROOF_MISSING, PROOF_UNCLEAR, verify_caller

HERS = AMELIA.postcode


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ({"postcode": ""}, POSTCODE_MISSING),
        ({"postcode": " ", "order_number": "10042"}, POSTCODE_MISSING),
        ({"postcode": "S W one", "order_number": "10042"}, POSTCODE_UNCLEAR),
        ({"postcode": "N double one 2AA", "order_number": "10042"}, POSTCODE_UNCLEAR),
        ({"postcode": "SW1A 2AA or M1 4BT", "email": AMELIA.email}, POSTCODE_UNCLEAR),
        ({"postcode": HERS}, PROOF_MISSING),
        ({"postcode": HERS, "order_number": "10042 or 10043"}, PROOF_UNCLEAR),
        ({"postcode": HERS, "order_number": "one two three"}, PROOF_UNCLEAR),
        ({"postcode": HERS, "email": "amelia hart at example com"}, PROOF_UNCLEAR),
        ({"postcode": HERS, "order_number": "9" * 5000 + " thousand"}, PROOF_UNCLEAR),
    ],
)
async def test_what_is_not_understood_is_asked_again_and_costs_no_try(said: dict[str, str], asked: str) -> None:
    ctx = ring(Untouchable())  # type: ignore[arg-type]
    with pytest.raises(ToolError) as refused:
        await verify_caller(ctx, **said)

    assert refused.value.message == asked


@pytest.mark.parametrize(
    "said",
    [
        {"postcode": "S double 1, A 2, A 8", "order_number": "one moment, ten thousand and forty two"},
        {"postcode": "S for sugar W for whisky one A two A A", "order_number": "10042 from the 3rd"},
        {"postcode": "erm, S W one A, two A A", "email": "my email is amelia dot hart at example dot com"},
        {"postcode": "SW1A 2AA, please", "order_number": "none", "email": "amelia.hart@example.com"},
        {"postcode": "SW1A 2AA", "order_number": "10042", "email": "I don't have one"},
    ],
)
async def test_a_caller_is_verified_however_they_say_it(seeded: Database, said: dict[str, str]) -> None:
    assert await verify_caller(ring(seeded), **said) == "The caller is verified: Amelia Hart."


async def test_asking_again_any_number_of_times_leaves_all_tries(seeded: Database) -> None:
    ctx = ring(seeded)
    for _ in range(access.MAX_TRIES + 1):
        with pytest.raises(ToolError, match="letter by letter"):
            await verify_caller(ctx, postcode="S W one", order_number="10042")

    assert await verify_caller(ctx, postcode=HERS, order_number="10042") == "The caller is verified: Amelia Hart."
