"""The shop's tables."""

import sqlalchemy as sa
from alembic import op

revision = "shop_0001"
down_revision = None
branch_labels = ("shop",)
depends_on = None

ORDER_STATUSES = "'placed', 'paid', 'packed', 'shipped', 'delivered', 'partly_returned', 'returned', 'cancelled'"


def upgrade() -> None:
    _create_customers()
    _create_orders()
    _create_order_lines()
    _create_returns()
    _create_tickets()
    _create_callbacks()


def downgrade() -> None:
    for table in ("callbacks", "callback_slots", "tickets", "returns", "order_lines", "orders", "customers"):
        op.drop_table(table)


def _moment(name: str, *, nullable: bool = False) -> sa.Column[object]:
    return sa.Column(name, sa.DateTime(timezone=True), nullable=nullable)


def _create_customers() -> None:
    op.create_table(
        "customers",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("email", sa.String(200), nullable=False),
        sa.Column("phone", sa.String(200), nullable=False),
        sa.Column("street", sa.String(200), nullable=False),
        sa.Column("city", sa.String(200), nullable=False),
        sa.Column("postcode", sa.String(10), nullable=False),
        _moment("created_at"),
        sa.PrimaryKeyConstraint("id", name="pk_customers"),
        sa.UniqueConstraint("email", name="uq_customers_email"),
    )


def _create_orders() -> None:
    op.create_table(
        "orders",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("currency", sa.String(3), nullable=False),
        sa.Column("delivery_cents", sa.Integer(), nullable=False),
        sa.Column("carrier", sa.String(200)),
        _moment("placed_at"),
        _moment("paid_at", nullable=True),
        _moment("packed_at", nullable=True),
        _moment("shipped_at", nullable=True),
        sa.Column("expected_on", sa.Date()),
        _moment("delivered_at", nullable=True),
        _moment("cancelled_at", nullable=True),
        sa.Column("cancellation_key", sa.String(200)),
        sa.CheckConstraint(f"status IN ({ORDER_STATUSES})", name="ck_orders_status"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_orders_customer_id_customers"),
        sa.PrimaryKeyConstraint("number", name="pk_orders"),
        sa.UniqueConstraint("cancellation_key", name="uq_orders_cancellation_key"),
    )
    op.create_index("ix_orders_customer_id", "orders", ["customer_id"])


def _create_order_lines() -> None:
    op.create_table(
        "order_lines",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_number", sa.Integer(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("sku", sa.String(20), nullable=False),
        sa.Column("product", sa.String(200), nullable=False),
        sa.Column("quantity", sa.Integer(), nullable=False),
        sa.Column("unit_cents", sa.Integer(), nullable=False),
        sa.CheckConstraint("quantity > 0", name="ck_order_lines_quantity"),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name="fk_order_lines_order_number_orders"),
        sa.PrimaryKeyConstraint("id", name="pk_order_lines"),
        sa.UniqueConstraint("order_number", "position", name="uq_order_lines_order_number_position"),
    )


def _create_returns() -> None:
    op.create_table(
        "returns",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("order_line_id", sa.Integer(), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("refund_cents", sa.Integer(), nullable=False),
        _moment("opened_at"),
        _moment("closed_at", nullable=True),
        sa.Column("idempotency_key", sa.String(200), nullable=False),
        sa.CheckConstraint("status IN ('open', 'received', 'refunded', 'refused')", name="ck_returns_status"),
        sa.ForeignKeyConstraint(["order_line_id"], ["order_lines.id"], name="fk_returns_order_line_id_order_lines"),
        sa.PrimaryKeyConstraint("id", name="pk_returns"),
        sa.UniqueConstraint("idempotency_key", name="uq_returns_idempotency_key"),
    )
    live = sa.text("status <> 'refused'")
    op.create_index(
        "uq_returns_order_line_id_live",
        "returns",
        ["order_line_id"],
        unique=True,
        sqlite_where=live,
        postgresql_where=live,
    )


def _create_tickets() -> None:
    op.create_table(
        "tickets",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("order_number", sa.Integer()),
        sa.Column("urgency", sa.String(20), nullable=False),
        sa.Column("status", sa.String(20), nullable=False),
        sa.Column("summary", sa.Text(), nullable=False),
        sa.Column("briefing", sa.Text()),
        sa.Column("phone", sa.String(20)),
        _moment("opened_at"),
        sa.Column("idempotency_key", sa.String(200), nullable=False),
        sa.CheckConstraint("urgency IN ('normal', 'urgent')", name="ck_tickets_urgency"),
        sa.CheckConstraint("status IN ('open', 'closed')", name="ck_tickets_status"),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_tickets_customer_id_customers"),
        sa.ForeignKeyConstraint(["order_number"], ["orders.number"], name="fk_tickets_order_number_orders"),
        sa.PrimaryKeyConstraint("id", name="pk_tickets"),
        sa.UniqueConstraint("idempotency_key", name="uq_tickets_idempotency_key"),
    )
    op.create_index("ix_tickets_customer_id", "tickets", ["customer_id"])


def _create_callbacks() -> None:
    op.create_table(
        "callback_slots",
        sa.Column("id", sa.Integer(), nullable=False),
        _moment("starts_at"),
        sa.PrimaryKeyConstraint("id", name="pk_callback_slots"),
        sa.UniqueConstraint("starts_at", name="uq_callback_slots_starts_at"),
    )
    op.create_table(
        "callbacks",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("slot_id", sa.Integer(), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("phone", sa.String(20), nullable=False),
        sa.Column("topic", sa.Text(), nullable=False),
        sa.Column("briefing", sa.Text()),
        _moment("booked_at"),
        sa.Column("idempotency_key", sa.String(200), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_callbacks_customer_id_customers"),
        sa.ForeignKeyConstraint(["slot_id"], ["callback_slots.id"], name="fk_callbacks_slot_id_callback_slots"),
        sa.PrimaryKeyConstraint("id", name="pk_callbacks"),
        sa.UniqueConstraint("idempotency_key", name="uq_callbacks_idempotency_key"),
        sa.UniqueConstraint("slot_id", name="uq_callbacks_slot_id"),
    )
    op.create_index("ix_callbacks_customer_id", "callbacks", ["customer_id"])
