"""open personal calendars.

Revision: 0009, follows 0008.
"""

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "personal_calendar",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        sa.Column("with_drafts", sa.Boolean(), nullable=False),
        sa.Column("with_projects", sa.Boolean(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("last_used_on", sa.Date(), nullable=True),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_personal_calendar_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_personal_calendar")),
        sa.UniqueConstraint("token_hash", name=op.f("uq_personal_calendar_token_hash")),
    )
    op.create_index("ix_personal_calendar_account_id", "personal_calendar", ["account_id"], unique=False)


def downgrade() -> None:
    op.drop_table("personal_calendar")
