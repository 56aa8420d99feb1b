"""Calls made in rounds, so that every condition meets the same machine; and the line that tells how far it is."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Protocol, TypeVar

from bench.caller import CallFailedError


class Named(Protocol):
    """What calls are made in."""

    @property
    def name(self) -> str: ...


Condition = TypeVar("Condition", bound=Named)


def rounds(conditions: Sequence[Condition], calls: int) -> Iterator[Condition]:
    """Every call to make, in order: each round makes one of every condition and begins with another."""
    for number in range(calls):
        first = number % len(conditions)
        yield from (*conditions[first:], *conditions[:first])


async def take_rounds(
    call: Callable[[Condition], Awaitable[None]], conditions: Sequence[Condition], calls: int, failed: list[str]
) -> None:
    """Make `calls` in every condition; those that failed are told in `failed`."""
    for number, condition in enumerate(rounds(conditions, calls), start=1):
        progress(f"call {number} of {calls * len(conditions)}: {condition.name}")
        await attempt(call, condition, failed)
    progress("")


async def attempt(call: Callable[[Condition], Awaitable[None]], condition: Condition, failed: list[str]) -> None:
    """Make one call; if it fails, `failed` tells it."""
    try:
        await call(condition)
    except CallFailedError as error:
        failed.append(f"{condition.name}: {error}")


def progress(text: str) -> None:
    """Show one line in the place of the last, where a person looks on."""
    if sys.stderr.isatty():
        print(f"\r\033[K{text}", end="", file=sys.stderr, flush=True)
