"""LiveKit SIP killed, Redis restarted: every call ends, and a new one works."""

import asyncio
from contextlib import suppress
from pathlib import Path

from bench.caller import CallFailedError
from bench.recording import MINUTES, heard_for, loud_seconds, record, recorded
from bench.softphone import Softphone, softphone
from switchboard.database import Database
from switchboard.ledger.events import Ended
from tests.browser.ledger import ended, of
from tests.phone.ledger import new_origin, origins
from tests.phone.services import PhoneServices
from tests.phone.stack import NUMBER, PHONE, PhoneStack, phone_setup

AGAIN_SECONDS = 90.0


async def in_a_call(services: PhoneServices, phone: Softphone, ledger: Database) -> str:
    """The phone's call is answered and heard; where it came from."""
    known = await origins(ledger)
    await phone.dial(services.uri(NUMBER))
    await phone.until("CALL_ESTABLISHED")
    origin = await new_origin(ledger, known)
    await heard_for(phone, 1.0)
    return origin


async def is_answered_again(services: PhoneServices, phone: Softphone) -> None:
    """Call until somebody answers: LiveKit's server needs a while to find its workers over a new Redis."""
    async with asyncio.timeout(AGAIN_SECONDS):
        while True:
            await phone.dial(services.uri(NUMBER))
            with suppress(CallFailedError):
                await phone.until("CALL_ESTABLISHED")
                break
    await phone.hangup()
    await phone.until("CALL_CLOSED")


async def test_a_call_ends_when_livekit_sip_dies_and_the_next_one_works_when_it_is_back(
    stack: PhoneStack, up: PhoneServices, ledger: Database, quiet: Softphone, tmp_path: Path
) -> None:
    origin = await in_a_call(up, quiet, ledger)

    up.sip.kill()
    try:
        assert of(await ended(ledger, origin), Ended)[0].reason == "caller_left"
    finally:
        up.sip.start()
    async with softphone(tmp_path / "next", record(tmp_path / "next.wav", [MINUTES])) as phone:
        origin = await in_a_call(up, phone, ledger)
        await phone.hangup()
        assert of(await ended(ledger, origin), Ended)[0].reason == "caller_left"


async def test_a_call_goes_on_when_redis_restarts_and_the_next_one_works_after_phone_up(
    stack: PhoneStack, up: PhoneServices, ledger: Database, quiet: Softphone, tmp_path: Path
) -> None:
    origin = await in_a_call(up, quiet, ledger)

    up.redis.kill()
    up.redis.start()
    before = loud_seconds(recorded(quiet.heard))
    await quiet.press("10042#")
    await heard_for(quiet, before + 1.0)
    await quiet.hangup()
    assert of(await ended(ledger, origin), Ended)[0].reason == "caller_left"
    async with (
        phone_setup(up, PHONE) as setup,
        softphone(tmp_path / "next", record(tmp_path / "next.wav", [MINUTES])) as phone,
    ):
        assert any("(new)" in line for line in await setup.up())
        await is_answered_again(up, phone)
        origin = await in_a_call(up, phone, ledger)
        await phone.hangup()
        assert of(await ended(ledger, origin), Ended)[0].reason == "caller_left"
