"""What the work of services costs: a file of prices, and sums in which nothing unknown counts as 0."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Annotated, Any, Self

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from switchboard.ledger.events import Event, Unit, Used

SHIPPED = Path(__file__).with_name("prices.toml")
SNAPSHOT = re.compile(r"-\d{4}-?\d{2}-?\d{2}$")
"""How the name of a model ends that is one of a date."""
MILLION = Decimal(1_000_000)

Money = Annotated[Decimal, Field(ge=0, allow_inf_nan=False)]


class PricesError(ValueError):
    """A file of prices that cannot be used; says what is wrong with it."""


class Price(BaseModel):
    """What one model costs: its `per_million` units, and where that was read, and when."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    model: str
    currency: Annotated[str, Field(pattern=r"^[A-Z]{3}$")]
    per_million: Mapping[Unit, Money]
    source: str
    read: date


PRICES: TypeAdapter[list[Price]] = TypeAdapter(list[Price])


@dataclass(frozen=True)
class Cost:
    """A sum in each currency, and the models whose price is not known: their share is in no sum."""

    amounts: Mapping[str, Decimal]
    unknown: frozenset[str] = frozenset()

    @property
    def amount(self) -> Decimal | None:
        """What is known of it; None: that is nothing, or in several currencies, which have no sum."""
        return next(iter(self.amounts.values())) if len(self.amounts) == 1 else None

    @property
    def currency(self) -> str | None:
        """That of the `amount`."""
        return next(iter(self.amounts)) if len(self.amounts) == 1 else None

    def json(self) -> dict[str, Any]:
        """As pages and exports read it: the `amount` is all of it only if nothing is `unknown`."""
        nothing = not self.amounts and not self.unknown
        amount = "0" if nothing else None if self.amount is None else f"{self.amount:f}"
        return {"amount": amount, "currency": self.currency, "unknown": sorted(self.unknown)}

    def __str__(self) -> str:
        """As "0.0312 USD", "0.0312 USD and unknown: sonic-3.5", "unknown: sonic-3.5"; "nothing" for no work at all."""
        sums = [f"{amount:.4f} {currency}" for currency, amount in sorted(self.amounts.items())]
        missing = [f"unknown: {', '.join(sorted(self.unknown))}"] if self.unknown else []
        return " and ".join(sums + missing) or "nothing"


class Prices:
    """The price of each model, by its name; a snapshot of a model costs what the model does, where it has no own."""

    def __init__(self, prices: Iterable[Price]) -> None:
        self._prices = {price.model: price for price in prices}

    @classmethod
    def read(cls, path: Path = SHIPPED) -> Self:
        """Those of a TOML file, a `[[price]]` for each model. Raises `PricesError`."""
        try:
            written = tomllib.loads(path.read_text(encoding="utf-8"))
            return cls(PRICES.validate_python(written.get("price", [])))
        except OSError as error:
            raise PricesError(f"{path} cannot be read: {error.strerror}") from None
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            raise PricesError(f"{path} is not TOML: {error}") from None
        except ValidationError as error:
            first = error.errors()[0]
            place = " ".join(str(part + 1) if isinstance(part, int) else part for part in first["loc"])
            raise PricesError(f"{path}: price {place}: {first['msg']}") from None

    def of(self, events: Iterable[Event]) -> Cost:
        """What all of the work among these events costs."""
        sums: dict[str, Decimal] = {}
        unknown: set[str] = set()
        for used in (event for event in events if isinstance(event, Used)):
            price = self._price(used)
            if price is None:
                unknown.add(used.model or "a model without a name")
                continue
            cost = sum(
                (price.per_million[unit] * Decimal(str(n)) / MILLION for unit, n in used.units.items()), Decimal()
            )
            sums[price.currency] = sums.get(price.currency, Decimal()) + cost
        return Cost(sums, frozenset(unknown))

    def _price(self, used: Used) -> Price | None:
        """None if any of the units has no price: a part of a sum would look like all of it."""
        price = self._prices.get(used.model) or self._prices.get(SNAPSHOT.sub("", used.model))
        return price if price and all(unit in price.per_million for unit in used.units) else None
