"""Calls that go on from one another have an origin in common."""

import sqlalchemy as sa
from alembic import op

revision = "switchboard_0002"
down_revision = "switchboard_0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("calls", sa.Column("origin", sa.String()))
    op.create_index("ix_calls_origin", "calls", ["origin"])


def downgrade() -> None:
    op.drop_index("ix_calls_origin", "calls")
    op.drop_column("calls", "origin")
