"""Down and up again, this time without the phone: the data are still there. Last of all, for the phone is gone then."""

import re
from contextlib import aclosing

from playwright.async_api import Browser

from switchboard.database import Database
from tests.browser.caller import new_caller
from tests.browser.ledger import ended
from tests.deploy.project import Project


async def test_down_and_up_keep_what_was_stored(project: Project, quiet: Browser) -> None:
    caller = await new_caller(quiet, permissions=["microphone"])
    await caller.open(project.page)
    await caller.call("Type instead")
    origin = await caller.origin()
    await caller.hang_up()
    async with aclosing(Database(project.database)) as ledger:
        before = await ended(ledger, origin)

    project.down()
    project.without_profiles()
    project.up()
    assert not project.exists("sip")
    caller = await new_caller(quiet, permissions=["microphone"])
    await caller.open(project.page)
    await caller.call("Type instead")
    await caller.hang_up()

    async with aclosing(Database(project.database)) as ledger:
        assert await ended(ledger, origin) == before
    listed = project.execute("worker", "python", "main.py", "calls")
    assert len(re.findall(r"call_\w+", listed)) >= 2
