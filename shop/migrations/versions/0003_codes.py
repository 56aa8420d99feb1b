"""Codes that are sent to the address on file."""

import sqlalchemy as sa
from alembic import op

revision = "shop_0003"
down_revision = "shop_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "verification_codes",
        sa.Column("call", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.Integer()),
        sa.Column("digest", sa.String(40), nullable=False),
        sa.Column("tries_left", sa.Integer(), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_verification_codes_customer_id_customers"),
        sa.PrimaryKeyConstraint("call", name="pk_verification_codes"),
    )
    op.create_index("ix_verification_codes_expires_at", "verification_codes", ["expires_at"])


def downgrade() -> None:
    op.drop_table("verification_codes")
