"""know which accounts nobody uses, and what they were told

Revision ID: 0031
Revises: 0030
"""

import sqlalchemy as sa
from alembic import op

revision = "0031"
down_revision = "0030"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "account_life",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("seen_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("warned_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("called_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name="fk_account_life_account_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("account_id", name="pk_account_life"),
    )
    op.create_index("ix_account_life_seen_at", "account_life", ["seen_at"])


def downgrade() -> None:
    op.drop_index("ix_account_life_seen_at", "account_life")
    op.drop_table("account_life")
