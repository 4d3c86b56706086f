"""tell people as often as they choose

Revision ID: 0028
Revises: 0027
"""

import sqlalchemy as sa
from alembic import op

revision = "0028"
down_revision = "0027"
branch_labels = None
depends_on = None

KINDS = (
    "proposal",
    "pending",
    "claim",
    "late",
    "decision",
    "partner_request",
    "partner_answer",
    "team",
    "source",
    "freshness",
    "report",
    "zone_news",
    "security",
)


def upgrade() -> None:
    op.create_table(
        "notice_choice",
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("frequency", sa.String(length=40), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_notice_choice_kind")),
        sa.CheckConstraint(
            "frequency IN ('at_once', 'daily', 'weekly', 'none')", name=op.f("ck_notice_choice_frequency")
        ),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_notice_choice_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("account_id", "kind", name=op.f("pk_notice_choice")),
    )
    op.create_table(
        "notice",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("kind", sa.String(length=40), nullable=False),
        sa.Column("about", sa.Integer()),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("due_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(f"kind IN {KINDS}", name=op.f("ck_notice_kind")),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_notice_account_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_notice")),
    )
    op.create_index("ix_notice_due_at", "notice", ["due_at", "account_id"])
    op.create_index("ix_notice_account_id", "notice", ["account_id", "kind"])
    op.create_index("ix_notice_kind_about", "notice", ["kind", "about"])
    # What is there already was told, or is late and told for that.
    op.add_column("proposal", sa.Column("told_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE proposal SET told_at = created_at")
    op.create_index("ix_proposal_told_at", "proposal", ["id"], postgresql_where=sa.text("told_at IS NULL"))


def downgrade() -> None:
    op.drop_column("proposal", "told_at")
    op.drop_table("notice")
    op.drop_table("notice_choice")
