"""The phone numbers of the settings, on the LiveKit server."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any
from urllib.parse import urlsplit

from app.lines import line_named
from app.process import fail, settings, tell
from switchboard.phone.errors import PhoneError
from switchboard.phone.setup import Setup
from switchboard.settings.rules import GUARD, UNGUARDED
from switchboard.settings.schema import Settings
from switchboard.settings.values import SettingsError


def up(dry_run: bool) -> None:
    """Bring trunks and dispatch rules to what the settings say; tells each difference."""
    chosen = settings()
    if not chosen.phone.numbers and not chosen.phone.outbound_address:
        fail("PHONE_NUMBERS is not set: there is no phone to set up. `phone down` removes one that was.")
    if chosen.phone.numbers and not chosen.phone.guarded:
        fail(f"The phone is not set up: {UNGUARDED} Please {GUARD}.")
    for number in chosen.phone.numbers:
        line_named(number.line)
    tell("\n".join(_with_setup(chosen, lambda setup: setup.up(dry_run))) or "Nothing to do.")


def down(dry_run: bool) -> None:
    """Remove our trunks and dispatch rules, and nobody else's."""
    tell("\n".join(_with_setup(settings(), lambda setup: setup.down(dry_run))) or "Nothing to do.")


def show() -> None:
    """Show our trunks and dispatch rules as LiveKit has them, and what to dial."""
    chosen = settings()
    there = _with_setup(chosen, lambda setup: setup.show())
    if not there:
        fail("There is no phone on the LiveKit server: `phone up` sets one up.")
    tell("\n".join(there))
    host = urlsplit(chosen.livekit.url or "").hostname
    for number in chosen.phone.numbers:
        dialled = "NUMBER" if number.number == "*" else number.number
        tell(f"For {number.line}, dial sip:{dialled}@{host}:5060 (or the port that LiveKit SIP was given).")


def _with_setup(chosen: Settings, work: Callable[[Setup], Coroutine[Any, Any, list[str]]]) -> list[str]:
    """Do something with the phone on the LiveKit server; what it refuses is told in one line."""

    async def connected() -> list[str]:
        async with Setup(chosen.phone, chosen.require_livekit()) as setup:
            return await work(setup)

    try:
        return asyncio.run(connected())
    except (PhoneError, SettingsError) as error:
        fail(str(error))
