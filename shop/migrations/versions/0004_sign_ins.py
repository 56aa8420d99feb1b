"""Who signs in is bound to an account."""

import sqlalchemy as sa
from alembic import op

revision = "shop_0004"
down_revision = "shop_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "sign_ins",
        sa.Column("identity", sa.String(40), nullable=False),
        sa.Column("customer_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["customer_id"], ["customers.id"], name="fk_sign_ins_customer_id_customers"),
        sa.PrimaryKeyConstraint("identity", name="pk_sign_ins"),
    )
    op.create_index("ix_sign_ins_customer_id", "sign_ins", ["customer_id"])


def downgrade() -> None:
    op.drop_table("sign_ins")
