"""tell sessions apart, know browsers again, and keep passkeys, one-time codes and providers

Revision ID: 0025
Revises: 0024
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0025"
down_revision = "0024"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)


def account_key(table: str) -> tuple[sa.Column, sa.ForeignKeyConstraint]:
    return (
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f(f"fk_{table}_account_id"), ondelete="CASCADE"
        ),
    )


def upgrade() -> None:
    op.add_column("sign_in", sa.Column("proved_at", WHEN))
    op.execute("UPDATE sign_in SET proved_at = created_at")
    op.alter_column("sign_in", "proved_at", nullable=False)
    means = sa.Column("means", sa.String(40), nullable=False, server_default="password")
    op.add_column("sign_in", means)
    op.create_check_constraint(
        op.f("ck_sign_in_means"), "sign_in", "means IN ('password', 'link', 'passkey', 'provider')"
    )
    op.alter_column("sign_in", "means", server_default=None)
    for name in ("is_strong", "is_half"):
        op.add_column("sign_in", sa.Column(name, sa.Boolean(), nullable=False, server_default="false"))
        op.alter_column("sign_in", name, server_default=None)
    for name in ("device", "network"):
        op.add_column("sign_in", sa.Column(name, sa.Text(), nullable=False, server_default=""))
        op.alter_column("sign_in", name, server_default=None)
    op.create_table(
        "known_device",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("token_hash", sa.LargeBinary(), nullable=False),
        *account_key("known_device"),
        sa.Column("last_seen_at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_known_device")),
        sa.UniqueConstraint("token_hash", "account_id", name=op.f("uq_known_device_token_hash_account_id")),
    )
    op.create_index("ix_known_device_account_id", "known_device", ["account_id"])
    op.create_index("ix_known_device_last_seen_at", "known_device", ["last_seen_at"])
    add_factors()
    op.create_table(
        "asked_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("purpose", sa.String(40), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("then", sa.Text(), nullable=False),
        sa.CheckConstraint("purpose IN ('link', 'reset')", name=op.f("ck_asked_letter_purpose")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_asked_letter")),
    )


def add_factors() -> None:
    op.create_table(
        "passkey",
        sa.Column("id", sa.Integer(), nullable=False),
        *account_key("passkey"),
        sa.Column("credential_id", sa.LargeBinary(), nullable=False),
        sa.Column("public_key", sa.LargeBinary(), nullable=False),
        sa.Column("user_handle", sa.LargeBinary(), nullable=False),
        sa.Column("sign_count", sa.BigInteger(), nullable=False),
        sa.Column("transports", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("last_used_at", WHEN),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_passkey")),
        sa.UniqueConstraint("credential_id", name=op.f("uq_passkey_credential_id")),
    )
    op.create_index("ix_passkey_account_id", "passkey", ["account_id"])
    op.create_table(
        "one_time_code",
        *account_key("one_time_code"),
        sa.Column("secret", sa.LargeBinary(), nullable=False),
        sa.Column("last_step", sa.BigInteger(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("confirmed_at", WHEN),
        sa.PrimaryKeyConstraint("account_id", name=op.f("pk_one_time_code")),
    )
    op.create_table(
        "recovery_code",
        sa.Column("id", sa.Integer(), nullable=False),
        *account_key("recovery_code"),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("used_at", WHEN),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_recovery_code")),
        sa.UniqueConstraint("account_id", "digest", name=op.f("uq_recovery_code_account_id_digest")),
    )
    op.create_table(
        "provider_link",
        sa.Column("id", sa.Integer(), nullable=False),
        *account_key("provider_link"),
        sa.Column("issuer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("last_used_at", WHEN),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_provider_link")),
        sa.UniqueConstraint("issuer", "subject", name=op.f("uq_provider_link_issuer_subject")),
    )
    op.create_index("ix_provider_link_account_id", "provider_link", ["account_id"])


def downgrade() -> None:
    for table in ("asked_letter", "provider_link", "recovery_code", "one_time_code", "passkey", "known_device"):
        op.drop_table(table)
    op.execute("DELETE FROM sign_in WHERE is_half")
    op.drop_constraint(op.f("ck_sign_in_means"), "sign_in", type_="check")
    for name in ("network", "device", "is_half", "is_strong", "means", "proved_at"):
        op.drop_column("sign_in", name)
