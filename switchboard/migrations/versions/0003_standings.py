"""How the calls of pages stand: which ticket leads back to them, and whether the caller has hung up."""

import sqlalchemy as sa
from alembic import op

revision = "switchboard_0003"
down_revision = "switchboard_0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_standings",
        sa.Column("origin", sa.String(), nullable=False),
        sa.Column("room", sa.String(), nullable=False),
        sa.Column("uses", sa.Integer(), nullable=False),
        sa.Column("attempt", sa.String(64)),
        sa.Column("hung_up", sa.Boolean(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("origin", name="pk_call_standings"),
    )
    op.create_index("ix_call_standings_changed_at", "call_standings", ["changed_at"])


def downgrade() -> None:
    op.drop_index("ix_call_standings_changed_at", "call_standings")
    op.drop_table("call_standings")
