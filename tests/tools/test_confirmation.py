"""Changes ask for more than questions: the e-mail address as well, or a code sent to it."""

import re
import stat
from datetime import timedelta
from pathlib import Path

import pytest
import structlog
from livekit.agents import ToolError
from sqlalchemy import func, select, text

from shop.codes import GOOD_FOR
from shop.customers import Details
from shop.demo import AMELIA, DANIEL
from shop.locks import unlock_account
from shop.models import VerificationCode
from shop.post import FilePost
from switchboard.database import Database
from tests.shop.rows import NOW
from tests.tools.phone import PROOF, Ctx, known, ring
from tools import access, clock
from tools.orders import cancel_order, find_order, list_recent_orders
from tools.returns import start_return
from tools.verification import (
    CODE_SENT,
    CODE_UNCLEAR,
    EMAIL_MISSING,
    POSTCODE_MISSING,
    confirm_caller,
    send_code,
    verify_caller,
)

BY_EMAIL = {"email": AMELIA.email, "postcode": AMELIA.postcode}
OTHER = ("000000", "111111")


async def refusal(tool: object) -> str:
    with pytest.raises(ToolError) as refused:
        await tool  # type: ignore[misc]
    return refused.value.message


async def verified(database: Database, details: dict[str, str] = PROOF) -> Ctx:
    ctx = ring(database)
    await verify_caller(ctx, **details)
    return ctx


def code_for(letters: Path, email: str = AMELIA.email) -> str:
    return (letters / email).read_text().strip()


def letters_in(folder: Path) -> list[str]:
    return [letter.name for letter in folder.iterdir()] if folder.exists() else []


def mode(path: Path) -> int:
    return stat.S_IMODE(path.stat().st_mode)


def strength(ctx: Ctx) -> tuple[str, str]:
    proved = ctx.userdata.caller.verified
    assert proved is not None
    return proved.strength, proved.by


@pytest.mark.parametrize("details", [PROOF, BY_EMAIL])
async def test_two_details_are_enough_to_ask_and_not_to_change(seeded: Database, details: dict[str, str]) -> None:
    ctx = await verified(seeded, details)

    assert (await find_order(ctx, order_number="10042")).startswith("Order 10042 is")
    assert await refusal(cancel_order(ctx, order_number="10187")) == access.UNPROVEN
    assert await refusal(start_return(ctx, order_number="10141", reason="too big")) == access.UNPROVEN


async def test_all_three_details_at_once_are_enough_to_change(seeded: Database) -> None:
    ctx = ring(seeded)

    assert (await verify_caller(ctx, **PROOF, email=AMELIA.email)).endswith("Changes may be made.")
    assert "is cancelled" in await cancel_order(ctx, order_number="10187")


@pytest.mark.parametrize("said", ["amelia.hart@example.com", "it's Amelia dot Hart at example dot com"])
async def test_the_email_address_confirms_a_caller_who_is_verified_without_it(seeded: Database, said: str) -> None:
    ctx = await verified(seeded)

    assert await confirm_caller(ctx, email=said) == "The caller is confirmed: Amelia Hart. Changes may be made."
    assert "is cancelled" in await cancel_order(ctx, order_number="10187")


async def test_a_caller_who_gives_the_second_proof_as_a_second_verification_is_confirmed_too(seeded: Database) -> None:
    ctx = await verified(seeded)
    await verify_caller(ctx, **BY_EMAIL)

    assert strength(ctx) == ("write", access.BY_ALL)


async def test_an_order_number_that_we_have_told_proves_nothing_in_this_call_or_another(seeded: Database) -> None:
    ctx = await verified(seeded, BY_EMAIL)
    assert "10187" in await list_recent_orders(ctx)

    for later in (ctx, ring(seeded)):
        await verify_caller(later, **BY_EMAIL, order_number="10187")
        assert strength(later)[0] == "read"
    later = await verified(seeded, PROOF)
    assert await refusal(confirm_caller(later, email=AMELIA.email)) == access.CODE_WANTED
    assert await refusal(cancel_order(later, order_number="10187")) == access.UNPROVEN


async def test_of_another_account_no_number_was_told(seeded: Database) -> None:
    await verified(seeded, BY_EMAIL)

    assert strength(await known(seeded, DANIEL)) == ("write", access.BY_ALL)


async def test_a_person_can_let_order_numbers_be_proof_again(seeded: Database) -> None:
    await verified(seeded, BY_EMAIL)
    async with seeded.write() as session:
        await unlock_account(session, seeded.pseudonyms, Details("", order_number=10042))

    assert strength(await known(seeded)) == ("write", access.BY_ALL)


async def test_what_was_proved_is_not_lost_to_less(seeded: Database) -> None:
    ctx = await known(seeded)
    await verify_caller(ctx, **PROOF)

    assert strength(ctx) == ("write", access.BY_ALL)


async def test_another_account_has_to_be_proved_anew(seeded: Database) -> None:
    ctx = await known(seeded)
    await verify_caller(ctx, order_number="10066", postcode=DANIEL.postcode)

    assert strength(ctx) == ("read", access.BY_ORDER)


async def test_a_wrong_address_is_refused_and_held_back_like_any_try(seeded: Database) -> None:
    ctx = await verified(seeded)
    answers = [await refusal(confirm_caller(ctx, email=f"a{i}@example.com")) for i in range(3)]

    assert answers == [access.EMAIL_WRONG, access.EMAIL_WRONG, access.EMAIL_HELD]
    assert await refusal(confirm_caller(ctx, email=AMELIA.email)) == access.EMAIL_HELD
    assert await refusal(cancel_order(ctx, order_number="10187")) == access.UNPROVEN


@pytest.mark.parametrize("details", [PROOF, BY_EMAIL])
async def test_a_code_sent_to_the_address_on_file_confirms_the_caller(
    seeded: Database, letters: Path, details: dict[str, str]
) -> None:
    ctx = await verified(seeded, details)
    assert await send_code(ctx) == CODE_SENT
    code = code_for(letters)

    assert re.fullmatch(r"\d{6}", code)
    assert (
        await confirm_caller(ctx, code=" ".join(code)) == "The caller is confirmed: Amelia Hart. Changes may be made."
    )
    assert strength(ctx) == ("write", access.BY_CODE)
    assert "is cancelled" in await cancel_order(ctx, order_number="10187")


@pytest.mark.parametrize("details", [PROOF, BY_EMAIL])
async def test_a_code_verifies_a_caller_who_could_not_be_verified_otherwise(
    seeded: Database, letters: Path, details: dict[str, str]
) -> None:
    for i in range(4):
        for wrong in ({"order_number": f"2000{i}"}, {"order_number": f"2000{i}", "email": AMELIA.email}):
            await refusal(verify_caller(ring(seeded), postcode=AMELIA.postcode, **wrong))
    ctx = ring(seeded)
    assert await refusal(verify_caller(ctx, **PROOF)) == access.LOCKED
    assert await refusal(verify_caller(ctx, **PROOF, email=AMELIA.email)) == access.LOCKED
    await send_code(ctx, **details)
    await confirm_caller(ctx, code=code_for(letters))

    assert strength(ctx) == ("write", access.BY_CODE)


async def test_who_asks_for_a_code_does_not_learn_whether_there_is_an_account(seeded: Database, letters: Path) -> None:
    ctx = ring(seeded)

    assert await send_code(ctx, order_number="10042", postcode="N1 9GU") == CODE_SENT
    assert letters_in(letters) == []
    assert [await refusal(confirm_caller(ctx, code=code)) for code in (*OTHER, "222222")] == [access.CODE_WRONG] * 3


async def test_a_code_is_good_in_its_call_and_in_one_that_goes_on_from_it(seeded: Database, letters: Path) -> None:
    await send_code(ring(seeded, origin="call-1"), **PROOF)
    code = code_for(letters)

    assert await refusal(confirm_caller(ring(seeded, origin="call-2"), code=code)) == access.CODE_WRONG
    assert "is confirmed" in await confirm_caller(ring(seeded, origin="call-1"), code=code)


async def test_a_code_is_good_once(seeded: Database, letters: Path) -> None:
    ctx = ring(seeded)
    await send_code(ctx, **PROOF)
    await confirm_caller(ctx, code=code_for(letters))

    assert await refusal(confirm_caller(ctx, code=code_for(letters))) == access.CODE_WRONG


async def test_a_code_is_good_for_nobody_after_two_wrong_ones(seeded: Database, letters: Path) -> None:
    ctx = ring(seeded)
    await send_code(ctx, **PROOF)
    code = code_for(letters)
    for wrong in [other for other in OTHER if other != code][:2]:
        await refusal(confirm_caller(ctx, code=wrong))

    assert await refusal(confirm_caller(ctx, code=code)) == access.CODE_WRONG


async def test_a_code_is_good_for_ten_minutes(seeded: Database, letters: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    ctx = ring(seeded)
    await send_code(ctx, **PROOF)
    monkeypatch.setattr(clock, "now", lambda: NOW + GOOD_FOR)
    assert await refusal(confirm_caller(ctx, code=code_for(letters))) == access.CODE_WRONG

    monkeypatch.setattr(clock, "now", lambda: NOW + GOOD_FOR - timedelta(seconds=1))
    assert "is confirmed" in await confirm_caller(ctx, code=code_for(letters))


async def test_a_new_code_takes_the_place_of_the_one_before(seeded: Database, letters: Path) -> None:
    ctx = ring(seeded)
    codes = []
    for _ in range(2):
        await send_code(ctx, **PROOF)
        codes.append(code_for(letters))
    if codes[0] != codes[1]:
        await refusal(confirm_caller(ctx, code=codes[0]))

    assert "is confirmed" in await confirm_caller(ctx, code=codes[1])


async def test_a_call_and_an_account_get_three_codes_and_then_wait(seeded: Database, letters: Path) -> None:
    ctx = ring(seeded)
    assert [await send_code(ctx, **PROOF) for _ in range(3)] == [CODE_SENT] * 3
    assert await refusal(send_code(ctx, **PROOF)) == access.NO_MORE_CODES
    letter = code_for(letters)

    assert await send_code(ring(seeded), **PROOF) == CODE_SENT  # in silence: nobody learns whose account it is
    assert code_for(letters) == letter


async def test_a_letter_can_be_read_by_nobody_else(seeded: Database, letters: Path) -> None:
    await send_code(ring(seeded), **PROOF)

    assert (mode(letters / AMELIA.email), mode(letters)) == (0o600, 0o700)


async def test_a_code_is_kept_where_it_cannot_be_read(seeded: Database, letters: Path) -> None:
    await send_code(ring(seeded), **PROOF)
    async with seeded.read() as session:
        kept = str((await session.execute(text("SELECT * FROM verification_codes"))).all())

    assert kept != "[]"
    assert code_for(letters) not in kept


async def test_codes_are_kept_no_longer_than_they_are_good(seeded: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    async def kept() -> int | None:
        async with seeded.read() as session:
            return await session.scalar(select(func.count()).select_from(VerificationCode))

    for _ in range(2):
        await send_code(ring(seeded), **PROOF)
    assert await kept() == 2
    monkeypatch.setattr(clock, "now", lambda: NOW + GOOD_FOR)
    await send_code(ring(seeded), **PROOF)
    assert await kept() == 1


async def test_a_post_that_fails_is_an_alert_and_sounds_like_one_that_works(
    seeded: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(access, "POST", FilePost(Path("/dev/null")))
    with structlog.testing.capture_logs() as logs:
        assert await send_code(ring(seeded), **PROOF) == CODE_SENT

    assert [log["event"] for log in logs] == ["a code could not be sent"]
    assert AMELIA.email not in str(logs)


async def test_what_is_missing_or_not_understood_is_asked_for(seeded: Database) -> None:
    ctx = await verified(seeded)

    assert await refusal(confirm_caller(ctx)) == EMAIL_MISSING
    assert await refusal(confirm_caller(ctx, email="I don't know")) == EMAIL_MISSING
    assert await refusal(confirm_caller(ctx, code="one two three")) == CODE_UNCLEAR
    assert await refusal(send_code(ring(seeded))) == POSTCODE_MISSING
    assert await refusal(confirm_caller(ring(seeded), email=AMELIA.email)) == access.UNVERIFIED
