"""Recordings that have to be removed one day."""

import sqlalchemy as sa
from alembic import op

revision = "switchboard_0007"
down_revision = "switchboard_0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "recordings",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("began_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("call_id", name="pk_recordings"),
    )
    op.create_index("ix_recordings_began_at", "recordings", ["began_at"])


def downgrade() -> None:
    op.drop_index("ix_recordings_began_at", "recordings")
    op.drop_table("recordings")
