"""Calls made in rounds, so that every condition meets the same machine; and the line that tells how far it is."""

import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from typing import Any, Protocol, TypeVar

from bench.caller import CallFailedError
from bench.figures import Figures


class Named(Protocol):
    """What calls are made in."""

    @property
    def name(self) -> str: ...


Condition = TypeVar("Condition", bound=Named)
Made = TypeVar("Made", contravariant=True)
Found = TypeVar("Found", bound=Figures[Any])


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


class Bench(Protocol[Made, Found]):
    """What makes one call in a condition and takes figures of it."""

    figures: Found

    async def call(self, condition: Made, /) -> None: ...


async def take_warm_rounds(
    bench: Bench[Condition, Found], conditions: Sequence[Condition], calls: int, figures: Found
) -> None:
    """Make a call in every condition for nothing, since what a process does once is no part of a call; then `calls`."""
    for condition in conditions:
        await attempt(bench.call, condition, bench.figures.failed)
    bench.figures = figures
    await take_rounds(bench.call, conditions, calls, figures.failed)


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
