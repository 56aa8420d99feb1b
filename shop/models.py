"""The shop's tables. Money is in integer cents of its currency, times are UTC, order numbers start at 10001."""

from __future__ import annotations

from datetime import date, datetime
from enum import StrEnum

from sqlalchemy import (
    CheckConstraint,
    Date,
    Enum,
    ForeignKey,
    Index,
    MetaData,
    String,
    Text,
    UniqueConstraint,
    false,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column, relationship

from switchboard.columns import NAMES, UtcDateTime

FIRST_ORDER_NUMBER = 10001
CURRENCY = "GBP"


class OrderStatus(StrEnum):
    """Where an order is on its way. Up to `PACKED` it can be cancelled."""

    PLACED = "placed"
    PAID = "paid"
    PACKED = "packed"
    SHIPPED = "shipped"
    DELIVERED = "delivered"
    PARTLY_RETURNED = "partly_returned"
    RETURNED = "returned"
    CANCELLED = "cancelled"


class ReturnStatus(StrEnum):
    """`OPEN`: on its way back to us; `REFUSED` alone lets the same item be returned again."""

    OPEN = "open"
    RECEIVED = "received"
    REFUNDED = "refunded"
    REFUSED = "refused"


class Urgency(StrEnum):
    NORMAL = "normal"
    URGENT = "urgent"


class TicketStatus(StrEnum):
    OPEN = "open"
    CLOSED = "closed"


def _enum(kind: type[StrEnum], name: str) -> Enum:
    # Stored as text with a check: PostgreSQL's own enum types cannot lose a value, and SQLite has none.
    return Enum(
        kind, name=name, native_enum=False, create_constraint=True, length=20, values_callable=lambda k: [*map(str, k)]
    )


class Base(DeclarativeBase):
    metadata = MetaData(naming_convention=NAMES)
    type_annotation_map = {  # noqa: RUF012 - SQLAlchemy's own way to say it
        datetime: UtcDateTime,
        date: Date,
        str: String(200),
        OrderStatus: _enum(OrderStatus, "status"),
        ReturnStatus: _enum(ReturnStatus, "status"),
        Urgency: _enum(Urgency, "urgency"),
        TicketStatus: _enum(TicketStatus, "status"),
    }


class Customer(Base):
    """Somebody with an account. `email` is in lower case; `postcode` is written as on a letter: "SW1A 2AA".

    `numbers_told`: somebody was verified without an order number, and could be told some: they prove nothing any more.
    """

    __tablename__ = "customers"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    email: Mapped[str] = mapped_column(unique=True)
    phone: Mapped[str]
    street: Mapped[str]
    city: Mapped[str]
    postcode: Mapped[str] = mapped_column(String(10))
    created_at: Mapped[datetime]
    numbers_told: Mapped[bool] = mapped_column(default=False, server_default=false())


class Order(Base):
    """An order and the moments it has passed; `expected_on` is the day the carrier means to deliver it."""

    __tablename__ = "orders"

    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
    status: Mapped[OrderStatus]
    currency: Mapped[str] = mapped_column(String(3), default=CURRENCY)
    delivery_cents: Mapped[int]
    carrier: Mapped[str | None]
    placed_at: Mapped[datetime]
    paid_at: Mapped[datetime | None]
    packed_at: Mapped[datetime | None]
    shipped_at: Mapped[datetime | None]
    expected_on: Mapped[date | None]
    delivered_at: Mapped[datetime | None]
    cancelled_at: Mapped[datetime | None]
    cancellation_key: Mapped[str | None] = mapped_column(unique=True)

    lines: Mapped[list[OrderLine]] = relationship(
        lazy="selectin", order_by="OrderLine.position", back_populates="order"
    )

    @property
    def total_cents(self) -> int:
        """What was paid: the items and their delivery."""
        return self.delivery_cents + sum(line.total_cents for line in self.lines)


class OrderLine(Base):
    """So many of one product in an order."""

    __tablename__ = "order_lines"
    __table_args__ = (
        UniqueConstraint("order_number", "position"),
        CheckConstraint("quantity > 0", name="quantity"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_number: Mapped[int] = mapped_column(ForeignKey("orders.number"))
    position: Mapped[int]
    sku: Mapped[str] = mapped_column(String(20))
    product: Mapped[str]
    quantity: Mapped[int]
    unit_cents: Mapped[int]

    order: Mapped[Order] = relationship(lazy="raise_on_sql", back_populates="lines")
    returns: Mapped[list[Return]] = relationship(lazy="selectin", order_by="Return.id", back_populates="line")

    @property
    def total_cents(self) -> int:
        return self.quantity * self.unit_cents


class Return(Base):
    """An order line that goes back. A line has one return at most, refused ones aside."""

    __tablename__ = "returns"
    __table_args__ = (
        Index(
            "uq_returns_order_line_id_live",
            "order_line_id",
            unique=True,
            sqlite_where=text("status <> 'refused'"),
            postgresql_where=text("status <> 'refused'"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    order_line_id: Mapped[int] = mapped_column(ForeignKey("order_lines.id"))
    status: Mapped[ReturnStatus]
    reason: Mapped[str] = mapped_column(Text)
    refund_cents: Mapped[int]
    opened_at: Mapped[datetime]
    closed_at: Mapped[datetime | None]
    idempotency_key: Mapped[str] = mapped_column(unique=True)

    line: Mapped[OrderLine] = relationship(lazy="raise_on_sql", back_populates="returns")

    @property
    def number(self) -> int:
        """The number that customers know."""
        return 50_000 + self.id


class Ticket(Base):
    """Something a colleague has to look into. Without a customer it comes from a caller nobody verified."""

    __tablename__ = "tickets"

    id: Mapped[int] = mapped_column(primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    order_number: Mapped[int | None] = mapped_column(ForeignKey("orders.number"))
    urgency: Mapped[Urgency]
    status: Mapped[TicketStatus]
    summary: Mapped[str] = mapped_column(Text)
    briefing: Mapped[str | None] = mapped_column(Text)
    phone: Mapped[str | None] = mapped_column(String(20))
    opened_at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(unique=True)

    @property
    def number(self) -> int:
        """The number that customers know."""
        return 70_000 + self.id


class CallbackSlot(Base):
    """A time at which a colleague can call one person back."""

    __tablename__ = "callback_slots"

    id: Mapped[int] = mapped_column(primary_key=True)
    starts_at: Mapped[datetime] = mapped_column(unique=True)


class Callback(Base):
    """A booked slot; the unique slot is what keeps two callers out of the same one."""

    __tablename__ = "callbacks"

    id: Mapped[int] = mapped_column(primary_key=True)
    slot_id: Mapped[int] = mapped_column(ForeignKey("callback_slots.id"), unique=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"), index=True)
    phone: Mapped[str] = mapped_column(String(20))
    topic: Mapped[str] = mapped_column(Text)
    briefing: Mapped[str | None] = mapped_column(Text)
    booked_at: Mapped[datetime]
    idempotency_key: Mapped[str] = mapped_column(unique=True)

    slot: Mapped[CallbackSlot] = relationship(lazy="joined", innerjoin=True)


class FailedTries(Base):
    """How often somebody failed to be verified: for one target or from one origin, which `key` is a pseudonym of."""

    __tablename__ = "failed_tries"

    key: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    failures: Mapped[int]
    held_until: Mapped[datetime]
    forgotten_at: Mapped[datetime] = mapped_column(index=True)


class VerificationCode(Base):
    """A code that was sent: good for the call whose pseudonym `call` is. Without a customer nobody got it."""

    __tablename__ = "verification_codes"

    call: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[int | None] = mapped_column(ForeignKey("customers.id"))
    digest: Mapped[str] = mapped_column(String(40))
    tries_left: Mapped[int]
    expires_at: Mapped[datetime] = mapped_column(index=True)


class SignIn(Base):
    """The one account that somebody can be verified for who signs in; `identity` is a pseudonym."""

    __tablename__ = "sign_ins"

    identity: Mapped[str] = mapped_column(String(40), primary_key=True)
    customer_id: Mapped[int] = mapped_column(ForeignKey("customers.id"), index=True)
