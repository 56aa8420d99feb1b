"""The practice's tables."""

import sqlalchemy as sa
from alembic import op

revision = "clinic_0001"
down_revision = None
branch_labels = ("clinic",)
depends_on = None


def upgrade() -> None:
    op.create_table(
        "patients",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("name", sa.String(200), nullable=False),
        sa.Column("born_on", sa.Date(), nullable=False),
        sa.Column("code_salt", sa.String(32), nullable=False),
        sa.Column("code_hash", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_patients"),
    )
    op.create_index("ix_patients_born_on", "patients", ["born_on"])
    op.create_table(
        "appointments",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("clinician", sa.String(200), nullable=False),
        sa.Column("patient_id", sa.Integer()),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.String(200)),
        sa.PrimaryKeyConstraint("id", name="pk_appointments"),
        sa.ForeignKeyConstraint(["patient_id"], ["patients.id"], name="fk_appointments_patient_id_patients"),
        sa.UniqueConstraint("starts_at", name="uq_appointments_starts_at"),
        sa.UniqueConstraint("idempotency_key", name="uq_appointments_idempotency_key"),
    )
    op.create_index("ix_appointments_patient_id", "appointments", ["patient_id"])
    op.create_table(
        "patient_tries",
        sa.Column("key", sa.String(40), nullable=False),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.Column("held_until", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("key", name="pk_patient_tries"),
    )


def downgrade() -> None:
    for table in ("patient_tries", "appointments", "patients"):
        op.drop_table(table)
