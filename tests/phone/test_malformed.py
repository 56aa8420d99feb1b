"""INVITEs that make no sense: refused or passed over, and the next caller is answered."""

from pathlib import Path

import pytest

from bench.recording import heard_for
from bench.softphone import Softphone
from switchboard.database import Database
from tests.phone.ledger import origins
from tests.phone.services import PhoneServices
from tests.phone.sipp import Sipp
from tests.phone.stack import NUMBER, PhoneStack

AT_ONCE = 2.0
REFUSED = {
    "no_from": 400,
    "no_sdp": 400,
    "garbage_sdp": 400,
    "no_audio": 400,
    "odd_codec": 400,
    "cut_body": 400,
}
PASSED_OVER = ("nonsense", "nobody_calls")


@pytest.mark.parametrize(("scenario", "code"), REFUSED.items())
async def test_a_malformed_invite_is_refused_at_once(
    up: PhoneServices, tmp_path: Path, scenario: str, code: int
) -> None:
    sipp = Sipp(scenario, up.uri(NUMBER), tmp_path)

    assert await sipp.run()

    ((answered, after),) = sipp.calls.finals
    assert answered == code
    assert after < AT_ONCE


async def test_the_next_caller_is_answered_after_invites_that_make_no_sense(
    stack: PhoneStack, up: PhoneServices, ledger: Database, quiet: Softphone, tmp_path: Path
) -> None:
    known = await origins(ledger)
    for scenario in (*REFUSED, *PASSED_OVER):
        await Sipp(scenario, up.uri(NUMBER), tmp_path).run()

    await quiet.dial(up.uri(NUMBER))
    await quiet.until("CALL_ESTABLISHED")
    await heard_for(quiet, 1.0)
    await quiet.hangup()
    assert len(await origins(ledger) - known) == 1
