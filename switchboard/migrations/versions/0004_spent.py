"""What callers have had of a day's budgets."""

import sqlalchemy as sa
from alembic import op

revision = "switchboard_0004"
down_revision = "switchboard_0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "spent",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("times", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("key", "day", name="pk_spent"),
    )
    op.create_index("ix_spent_day", "spent", ["day"])


def downgrade() -> None:
    op.drop_index("ix_spent_day", "spent")
    op.drop_table("spent")
