"""Looks at the ledger by whoever types a command: written down as those of the operators' pages are."""

import os
import pwd
import socket
from collections.abc import Mapping
from datetime import timedelta

from switchboard.database import Database
from switchboard.operate.audit import Audit, Look, Viewer
from switchboard.settings.schema import Settings

ROLE = "command line"


async def note(
    database: Database, chosen: Settings, look: Look, call: str | None = None, wanted: Mapping[str, str] | None = None
) -> None:
    """Write down that this user does that, before they get it; what is older than it is kept for goes."""
    audit = Audit(database, timedelta(days=chosen.operate.audit_days))
    await audit.forget()
    await audit.note(viewer(), look, call, wanted)


def viewer() -> Viewer:
    """The user of this process, and on which machine."""
    try:
        name = pwd.getpwuid(os.getuid()).pw_name
    except KeyError:  # in a container any number may be a user
        name = f"user {os.getuid()}"
    return Viewer(f"{name}@{socket.gethostname()}", name, ROLE)
