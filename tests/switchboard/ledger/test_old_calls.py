"""Calls that were over before there were digests get one when the database is brought up to date."""

import asyncio

from alembic import command
from sqlalchemy import select

from app.data import VERSIONS
from switchboard.database import Database
from switchboard.ledger.events import CallTransferred, PersonStep
from switchboard.ledger.tables import CallAgentRow, DigestRow
from switchboard.migrations import _config, upgrade
from tests.conftest import MakeUrl
from tests.switchboard.operate.made import MASKED, answered, bare_call, call, handed

BEFORE = "switchboard_0009"
JOINED = PersonStep(agent="support", target="desk", stage="joined")
SENT = CallTransferred(agent="support", target="number", outcome="done", ms=900.0)


async def test_a_call_that_was_over_before_is_filled_in_from_its_events_and_others_stay_as_they_are(
    make_url: MakeUrl,
) -> None:
    url = make_url("empty")
    config = _config(VERSIONS)
    config.attributes["database_url"] = url
    await asyncio.to_thread(command.downgrade, config, BEFORE)
    database = Database(url)
    await bare_call(database, "handed", answered(), handed("greeter", "support"), seconds=60)
    await bare_call(database, "joined", answered(caller=None), JOINED, seconds=60)
    await bare_call(database, "sent", answered(), SENT, seconds=60)
    await bare_call(database, "refused", answered(), SENT.model_copy(update={"outcome": "busy"}), seconds=60)
    await bare_call(database, "empty", seconds=60)
    await bare_call(database, "running", answered())
    await call(database, "known", answered(), cost="0.25")

    await asyncio.to_thread(upgrade, url, VERSIONS)

    async with database.read() as session:
        digests = {row.call_id: row for row in await session.scalars(select(DigestRow))}
        agents = {(row.call_id, row.agent) for row in await session.scalars(select(CallAgentRow))}
    await database.aclose()
    assert {
        name: (row.agent, row.caller, row.seconds, row.to_person, row.cost is not None) for name, row in digests.items()
    } == {
        "handed": ("support", MASKED, 0.5, False, False),
        "joined": ("greeter", None, 0.5, True, False),
        "sent": ("greeter", MASKED, 0.5, True, False),
        "refused": ("greeter", MASKED, 0.5, False, False),
        "empty": ("", None, 0.0, False, False),
        "known": ("greeter", MASKED, 60.0, False, True),
    }
    assert {agent for name, agent in agents if name == "handed"} == {"greeter", "support"}
    assert not [agent for name, agent in agents if name in ("running", "empty")]
