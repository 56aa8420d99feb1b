"""A call for tools: what LiveKit would hand them, without LiveKit."""

import uuid
from types import SimpleNamespace
from typing import cast

from livekit.agents import RunContext

from shop.demo import AMELIA, DANIEL, ON_ITS_WAY, OVERDUE, PRIYA, TOO_LATE, DemoCustomer
from switchboard.call.call import Call, Caller
from switchboard.call.source import UNKNOWN, Source
from switchboard.database import Database
from switchboard.ledger import Ledger
from switchboard.settings.schema import Desk
from tools import access
from tools.case import Case

Ctx = RunContext[Call[Case]]


PLENTY = Desk(
    callbacks_per_number=1000,
    callbacks_per_origin=1000,
    callbacks_kept=0,
    tickets_per_call=1000,
    tickets_per_number=1000,
    tickets_per_origin=1000,
)
"""As many callbacks and tickets as anybody wants."""


def ring(
    database: Database,
    number: str | None = None,
    origin: str | None = None,
    source: Source = UNKNOWN,
    desk: Desk | None = None,
) -> Ctx:
    """A new call from a caller whom nobody knows; with an `origin` it goes on from others of that origin."""
    call_id = f"call_{uuid.uuid4().hex[:12]}"
    call = Call(
        id=call_id,
        line="support-line",
        state=Case(),
        database=database,
        ledger=Ledger(database, call_id, "support-line"),
        caller=Caller(number=number, source=source),
        desk=desk or Desk(),
        origin=origin,
    )
    return cast(Ctx, SimpleNamespace(userdata=call))


HERS = {AMELIA: ON_ITS_WAY, DANIEL: TOO_LATE, PRIYA: OVERDUE}


async def known(database: Database, customer: DemoCustomer = AMELIA, desk: Desk | None = None) -> Ctx:
    """A call whose caller is verified, and has proved enough for changes."""
    ctx = ring(database, desk=desk)
    number = HERS[customer].number
    await access.verify(ctx.userdata, postcode=customer.postcode, order_number=number, email=customer.email)
    return ctx


PROOF = {"order_number": str(ON_ITS_WAY.number), "postcode": AMELIA.postcode}
