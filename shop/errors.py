"""What the shop refuses, and why.

ShopError
├── OrderNotFoundError     no such order on this account
├── NotCancellableError    it has left the warehouse, or was cancelled before
├── NotReturnableError     not delivered, too late, or returned already
├── ItemUnclearError       it is not plain which items of the order are meant
└── SlotTakenError         somebody else has this time, or it is over
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from shop.models import OrderStatus


class ShopError(Exception):
    """A request that the shop's rules refuse. It carries values, not rows: those end with their transaction."""


class OrderNotFoundError(ShopError):
    """This account has no such order. Whether another account has it is nobody's business."""

    def __init__(self, number: int) -> None:
        super().__init__(f"order {number} is not on this account")
        self.number = number


class NotCancellableError(ShopError):
    """The order has been shipped, or was cancelled at `cancelled_at`."""

    def __init__(self, number: int, status: OrderStatus, cancelled_at: datetime | None) -> None:
        super().__init__(f"order {number} is {status}")
        self.number = number
        self.status = status
        self.cancelled_at = cancelled_at


@dataclass(frozen=True)
class OpenedReturn:
    """A return that exists already."""

    number: int
    opened_at: datetime


class NotReturnableError(ShopError):
    """The order cannot go back.

    `deadline` is the last day it could, where that is over; `opened` is a return that exists.
    """

    def __init__(
        self, number: int, status: OrderStatus, *, deadline: date | None = None, opened: OpenedReturn | None = None
    ) -> None:
        super().__init__(f"order {number} cannot be returned")
        self.number = number
        self.status = status
        self.deadline = deadline
        self.opened = opened


class ItemUnclearError(ShopError):
    """The caller has to say which of `items` is meant: quantities and products."""

    def __init__(self, items: Sequence[tuple[int, str]]) -> None:
        super().__init__("it is not plain which items are meant")
        self.items = items


class SlotTakenError(ShopError):
    """The time cannot be had any more."""
