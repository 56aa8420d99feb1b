"""Of some accounts order numbers were told: they prove nothing any more."""

import sqlalchemy as sa
from alembic import op

revision = "shop_0005"
down_revision = "shop_0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("customers", sa.Column("numbers_told", sa.Boolean(), nullable=False, server_default=sa.false()))


def downgrade() -> None:
    op.drop_column("customers", "numbers_told")
