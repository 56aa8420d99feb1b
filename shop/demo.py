"""The callers whom the documentation, the demonstration and the tests know by number."""

from dataclasses import dataclass

from shop.models import OrderStatus


@dataclass(frozen=True)
class DemoCustomer:
    name: str
    email: str
    phone: str
    street: str
    city: str
    postcode: str


@dataclass(frozen=True)
class DemoOrder:
    """An order; `shipped`, `expected` and `delivered` are days before today, -1 is tomorrow."""

    number: int
    customer: DemoCustomer
    status: OrderStatus
    goods: tuple[tuple[str, str, int, int], ...]
    """Stock number, name, quantity, price in pence."""
    shipped: int | None = None
    expected: int | None = None
    delivered: int | None = None
    story: str = ""


AMELIA = DemoCustomer(
    "Amelia Hart", "amelia.hart@example.com", "+447700900142", "4 Whitehall Mews", "London", "SW1A 2AA"
)
DANIEL = DemoCustomer(
    "Daniel Okafor", "daniel.okafor@example.com", "+447700900117", "18 Dale Street", "Manchester", "M1 4BT"
)
PRIYA = DemoCustomer(
    "Priya Nair", "priya.nair@example.com", "+447700900163", "7 Castle Terrace", "Edinburgh", "EH1 2NG"
)

ON_ITS_WAY = DemoOrder(
    10042,
    AMELIA,
    OrderStatus.SHIPPED,
    (("DSK-01", "oak writing desk", 1, 64900),),
    shipped=1,
    expected=-1,
    story="made to order, shipped yesterday, arrives tomorrow",
)
RETURNABLE = DemoOrder(
    10141,
    AMELIA,
    OrderStatus.DELIVERED,
    (("LMP-01", "desk lamp", 1, 4250),),
    shipped=11,
    expected=10,
    delivered=10,
    story="delivered ten days ago: can be returned",
)
CANCELLABLE = DemoOrder(
    10187,
    AMELIA,
    OrderStatus.PAID,
    (("THR-01", "wool throw", 1, 5900), ("CND-01", "scented candle", 2, 1400)),
    story="paid, not shipped: can be cancelled",
)
TOO_LATE = DemoOrder(
    10066,
    DANIEL,
    OrderStatus.DELIVERED,
    (("RUG-01", "jute rug", 1, 8900),),
    shipped=46,
    expected=45,
    delivered=45,
    story="delivered forty-five days ago: too late for a return",
)
TWO_ITEMS = DemoOrder(
    10154,
    DANIEL,
    OrderStatus.DELIVERED,
    (("VAS-01", "glass vase", 1, 2400), ("TWL-01", "bath towel", 3, 1800)),
    shipped=7,
    expected=6,
    delivered=6,
    story="two items, delivered six days ago: which one goes back?",
)
OVERDUE = DemoOrder(
    10160,
    PRIYA,
    OrderStatus.SHIPPED,
    (("MIR-01", "round mirror", 1, 7500),),
    shipped=5,
    expected=2,
    story="should have arrived two days ago",
)

DEMO_CUSTOMERS = (AMELIA, DANIEL, PRIYA)
DEMO_ORDERS = (ON_ITS_WAY, RETURNABLE, CANCELLABLE, TOO_LATE, TWO_ITEMS, OVERDUE)
