"""What each call came to: its digest, its agents, and the rules that struck."""

import sqlalchemy as sa
from alembic import op

revision = "switchboard_0006"
down_revision = "switchboard_0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "call_digests",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.Column("caller", sa.String()),
        sa.Column("seconds", sa.Double(), nullable=False),
        sa.Column("cost", sa.Numeric(14, 6)),
        sa.Column("currency", sa.String(3)),
        sa.Column("first_sound_p50_ms", sa.Double()),
        sa.Column("first_sound_p95_ms", sa.Double()),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("to_person", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_digests_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", name="pk_call_digests"),
    )
    for column in ("agent", "seconds", "cost"):
        op.create_index(f"ix_call_digests_{column}", "call_digests", [column])
    op.create_table(
        "call_agents",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("agent", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_agents_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "agent", name="pk_call_agents"),
    )
    op.create_index("ix_call_agents_agent", "call_agents", ["agent"])
    op.create_table(
        "call_findings",
        sa.Column("call_id", sa.String(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("rule", sa.String(), nullable=False),
        sa.Column("at", sa.Double(), nullable=False),
        sa.Column("sentence", sa.String(), nullable=False),
        sa.ForeignKeyConstraint(["call_id"], ["calls.id"], name="fk_call_findings_call_id_calls", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("call_id", "number", name="pk_call_findings"),
    )
    op.create_index("ix_call_findings_rule", "call_findings", ["rule"])


def downgrade() -> None:
    op.drop_table("call_findings")
    op.drop_table("call_agents")
    op.drop_table("call_digests")
