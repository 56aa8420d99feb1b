"""Letting somebody be verified again: the person's way out of a lock, beside time."""

import asyncio
from collections.abc import Callable, Iterable
from contextlib import aclosing
from ipaddress import ip_address

import typer
from pydantic import SecretStr
from sqlalchemy.ext.asyncio import AsyncSession

from app.data import database_of, prepare_database
from app.lines import BUSINESSES
from app.process import fail, settings
from switchboard.http.sources import Sources
from switchboard.line.business import Accounts, Business
from switchboard.pseudonyms import Pseudonyms
from switchboard.settings.schema import Settings
from tools import hearing


def run(what: str) -> None:
    """Forget the failed tries at an account, or those of a number, an address or a call."""
    chosen = settings()
    prepare_database(chosen)

    async def unlocked() -> int:
        async with aclosing(database_of(chosen)) as database, database.write() as session:
            return await unlock(session, database.pseudonyms, what, mark_of(chosen), BUSINESSES)

    counts = asyncio.run(unlocked())
    typer.echo(f"Unlocked: {counts} counts of failed tries are forgotten." if counts else "Nothing was held there.")


def mark_of(chosen: Settings) -> Callable[[str], str]:
    """How the web app marks the addresses of callers."""
    return Sources(SecretStr(chosen.pseudonym_secret)).mark


async def unlock(
    session: AsyncSession,
    pseudonyms: Pseudonyms,
    what: str,
    mark: Callable[[str], str],
    businesses: Iterable[Business],
) -> int:
    """What is meant is seen from how it is written; tells how many counts are forgotten. Exits with 2 if nothing is."""
    what = what.strip()
    all_accounts = [business.accounts for business in businesses if business.accounts]
    counts = [await accounts.unlock(session, pseudonyms, what) for accounts in all_accounts]
    if any(count is not None for count in counts):
        return sum(filter(None, counts))
    kind, value = _origin(what, mark, all_accounts)
    return sum([await accounts.unlock_origin(session, pseudonyms, kind, value) for accounts in all_accounts])


def _origin(what: str, mark: Callable[[str], str], all_accounts: Iterable[Accounts]) -> tuple[str, str]:
    """Its kind and how it is counted."""
    if what.startswith("call"):
        return "call", what
    if _is_address(what):
        return "address", mark(what)
    number = hearing.phone(what)
    if number is None:
        ways = [way for accounts in all_accounts for way in accounts.named_by]
        fail(f"{what!r} is no {', '.join(dict.fromkeys([*ways, 'phone number', 'network address']))} or call.")
    return "number", number


def _is_address(what: str) -> bool:
    try:
        return bool(ip_address(what))
    except ValueError:
        return False
