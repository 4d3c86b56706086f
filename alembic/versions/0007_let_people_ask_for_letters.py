"""let people ask for letters of the agenda.

Revision: 0007, follows 0006.
"""

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "digest_subscription",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("query", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("nonce", sa.LargeBinary(), nullable=False),
        sa.Column("asked_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("confirm_hash", sa.LargeBinary(), nullable=True),
        sa.Column("confirm_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_issue", sa.Date(), nullable=True),
        sa.Column("failures", sa.Integer(), nullable=False),
        sa.CheckConstraint("email = lower(email)", name=op.f("ck_digest_subscription_email_is_lower")),
        sa.CheckConstraint(
            "(confirmed_at IS NULL) = (last_issue IS NULL)", name=op.f("ck_digest_subscription_confirmed_has_issue")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_subscription")),
        sa.UniqueConstraint("confirm_hash", name=op.f("uq_digest_subscription_confirm_hash")),
        sa.UniqueConstraint("email", "query", name=op.f("uq_digest_subscription_email_query")),
    )
    op.create_index("ix_digest_subscription_last_issue", "digest_subscription", ["last_issue", "id"], unique=False)
    op.create_table(
        "digest_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_digest_request")),
    )
    op.create_index("ix_digest_request_subject", "digest_request", ["subject", "at"], unique=False)


def downgrade() -> None:
    op.drop_index("ix_digest_request_subject", table_name="digest_request")
    op.drop_table("digest_request")
    op.drop_index("ix_digest_subscription_last_issue", table_name="digest_subscription")
    op.drop_table("digest_subscription")
