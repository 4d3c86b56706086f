"""let people propose places, correct them and merge twins.

Revision: 0019, follows 0018.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None

# What was decided stays as it was. It goes with its proposal, and forgets a person who left.
KEEP_DECISIONS = """
CREATE FUNCTION keep_decision() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'DELETE' THEN
        IF pg_trigger_depth() < 2 THEN
            RAISE EXCEPTION 'a decision is kept';
        END IF;
        RETURN OLD;
    END IF;
    IF (NEW.id, NEW.proposal_id, NEW.at, NEW.deed, NEW.reason, NEW.changed)
        IS DISTINCT FROM (OLD.id, OLD.proposal_id, OLD.at, OLD.deed, OLD.reason, OLD.changed)
        OR (NEW.by_id IS NOT NULL AND NEW.by_id IS DISTINCT FROM OLD.by_id) THEN
        RAISE EXCEPTION 'a decision is kept';
    END IF;
    RETURN NEW;
END
$$
"""


def upgrade() -> None:
    op.create_table(
        "proposal_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_request")),
    )
    op.create_index("ix_proposal_request_subject", "proposal_request", ["subject", "at"], unique=False)
    op.create_table(
        "twin_search",
        sa.Column("id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_twin_search_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_twin_search")),
    )
    op.create_table(
        "freshness_letter",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("place_ids", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("secret_hash", sa.LargeBinary(), nullable=False),
        sa.Column("sent_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("is_reminder", sa.Boolean(), nullable=False),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_freshness_letter_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_freshness_letter")),
        sa.UniqueConstraint("secret_hash", name=op.f("uq_freshness_letter_secret_hash")),
    )
    op.create_index("ix_freshness_letter_account_id", "freshness_letter", ["account_id", "sent_at"], unique=False)
    op.create_table(
        "place_source_alias",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("source_id", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_place_source_alias_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("source", "source_id", name=op.f("pk_place_source_alias")),
    )
    op.create_index("ix_place_source_alias_place_id", "place_source_alias", ["place_id"], unique=False)
    op.create_table(
        "place_twin",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("other_id", sa.Integer(), nullable=False),
        sa.Column("score", sa.Integer(), nullable=False),
        sa.Column("likeness", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("found_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("dismissed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dismissed_by_id", sa.Integer(), nullable=True),
        sa.CheckConstraint("place_id < other_id", name=op.f("ck_place_twin_smaller_first")),
        sa.ForeignKeyConstraint(
            ["dismissed_by_id"], ["account.id"], name=op.f("fk_place_twin_dismissed_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["other_id"], ["place.id"], name=op.f("fk_place_twin_other_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_twin_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", "other_id", name=op.f("pk_place_twin")),
    )
    op.create_index("ix_place_twin_other_id", "place_twin", ["other_id"], unique=False)
    op.create_index(
        "ix_place_twin_score", "place_twin", ["score"], unique=False, postgresql_where=sa.text("dismissed_at IS NULL")
    )
    op.create_table(
        "proposal",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column(
            "kind",
            sa.Enum(
                "missing",
                "correction",
                "closed",
                "duplicate",
                "abuse",
                "other",
                name="proposalkind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column(
            "state",
            sa.Enum(
                "pending",
                "asked",
                "published",
                "refused",
                name="proposalstate",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("place_id", sa.Integer(), nullable=True),
        sa.Column("place_name", sa.Text(), nullable=False),
        sa.Column("place_version", sa.Integer(), nullable=True),
        sa.Column("department_code", sa.Text(), nullable=True),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("proposed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("before", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("twin_slug", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("known_by", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("contact", sa.Text(), nullable=False),
        sa.Column("contact_until", sa.DateTime(timezone=True), nullable=True),
        sa.Column("answer_hash", sa.LargeBinary(), nullable=True),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("decided_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint("(contact = '') = (contact_until IS NULL)", name=op.f("ck_proposal_contact_has_an_end")),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_proposal_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["department_code"], ["department.code"], name=op.f("fk_proposal_department_code")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_proposal_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal")),
        sa.UniqueConstraint("answer_hash", name=op.f("uq_proposal_answer_hash")),
    )
    op.create_index(
        "ix_proposal_contact_until",
        "proposal",
        ["contact_until"],
        unique=False,
        postgresql_where=sa.text("contact <> ''"),
    )
    op.create_index("ix_proposal_department_code", "proposal", ["department_code"], unique=False)
    op.create_index("ix_proposal_place_id", "proposal", ["place_id"], unique=False)
    op.create_index("ix_proposal_state", "proposal", ["state", "id"], unique=False)
    op.create_table(
        "proposal_decision",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("proposal_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column(
            "deed",
            sa.Enum(
                "accepted",
                "amended",
                "refused",
                "asked",
                "answered",
                "undone",
                name="decisiondeed",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(
            ["by_id"], ["account.id"], name=op.f("fk_proposal_decision_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["proposal_id"], ["proposal.id"], name=op.f("fk_proposal_decision_proposal_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_proposal_decision")),
    )
    op.create_index("ix_proposal_decision_proposal_id", "proposal_decision", ["proposal_id", "id"], unique=False)
    op.add_column(
        "place",
        sa.Column(
            "web_key",
            sa.Text(),
            sa.Computed(
                "regexp_replace(regexp_replace(lower(website), '^https?://(www[.])?', ''), '[/?#]*$', '')",
                persisted=True,
            ),
            nullable=False,
        ),
    )
    op.create_index("ix_place_insee", "place", ["insee"], unique=False)
    op.create_index("ix_place_web_key", "place", ["web_key"], unique=False, postgresql_where=sa.text("web_key <> ''"))
    op.execute(KEEP_DECISIONS)
    op.execute(
        "CREATE TRIGGER keep BEFORE UPDATE OR DELETE ON proposal_decision FOR EACH ROW EXECUTE FUNCTION keep_decision()"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER keep ON proposal_decision")
    op.execute("DROP FUNCTION keep_decision()")
    op.drop_index("ix_place_web_key", table_name="place", postgresql_where=sa.text("web_key <> ''"))
    op.drop_index("ix_place_insee", table_name="place")
    op.drop_column("place", "web_key")
    op.drop_index("ix_proposal_decision_proposal_id", table_name="proposal_decision")
    op.drop_table("proposal_decision")
    op.drop_index("ix_proposal_state", table_name="proposal")
    op.drop_index("ix_proposal_place_id", table_name="proposal")
    op.drop_index("ix_proposal_department_code", table_name="proposal")
    op.drop_index("ix_proposal_contact_until", table_name="proposal", postgresql_where=sa.text("contact <> ''"))
    op.drop_table("proposal")
    op.drop_index("ix_place_twin_score", table_name="place_twin", postgresql_where=sa.text("dismissed_at IS NULL"))
    op.drop_index("ix_place_twin_other_id", table_name="place_twin")
    op.drop_table("place_twin")
    op.drop_index("ix_place_source_alias_place_id", table_name="place_source_alias")
    op.drop_table("place_source_alias")
    op.drop_index("ix_freshness_letter_account_id", table_name="freshness_letter")
    op.drop_table("freshness_letter")
    op.drop_table("twin_search")
    op.drop_index("ix_proposal_request_subject", table_name="proposal_request")
    op.drop_table("proposal_request")
