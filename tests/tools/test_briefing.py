import pytest
from livekit.agents import ToolError

from switchboard.database import Database
from switchboard.line.sentences import NOT_VERIFIED
from tests.tools.phone import known, ring
from tools.briefing import write_briefing
from tools.case import Briefing
from tools.orders import find_order


async def test_a_briefing_is_kept_in_the_case_with_what_was_done(seeded: Database) -> None:
    ctx = await known(seeded)
    await find_order(ctx, order_number="10042")
    answer = await write_briefing(ctx, problem="It is late.", wish="A date.")

    assert answer.startswith("The briefing is written.")
    caller = ctx.userdata.caller
    assert ctx.userdata.state.briefing_text(caller.standing) == (
        "VERIFIED by order number, postcode and e-mail: the caller is Amelia Hart.\n"
        "Problem: It is late.\nWish: A date.\nTried: nothing yet\nOrder: 10042\n- Told that order 10042 is on its way."
    )


async def test_a_second_briefing_replaces_the_first(seeded: Database) -> None:
    ctx = ring(seeded)
    await write_briefing(ctx, problem="It is late.", wish="A date.")
    await write_briefing(ctx, problem="It is lost.", wish="The money.", tried="Waiting.")

    assert ctx.userdata.state.briefing == Briefing(problem="It is lost.", wish="The money.", tried="Waiting.")


async def test_half_a_briefing_is_none(seeded: Database) -> None:
    ctx = ring(seeded)
    with pytest.raises(ToolError, match="Ask for what is missing"):
        await write_briefing(ctx, problem="It is late.", wish=" ")

    assert ctx.userdata.state.briefing is None
    assert ctx.userdata.state.briefing_text(NOT_VERIFIED) is None
