"""Whoever calls again can be known again, by a pseudonym."""

import sqlalchemy as sa
from alembic import op

revision = "switchboard_0005"
down_revision = "switchboard_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("caller", sa.String(40)))
    op.create_index("ix_calls_caller", "calls", ["caller"])


def downgrade() -> None:
    op.drop_index("ix_calls_caller", "calls")
    op.drop_column("calls", "caller")
