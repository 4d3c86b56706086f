"""let teams invite people, and people claim places

Revision ID: 0026
Revises: 0025
"""

import sqlalchemy as sa
from alembic import op

revision = "0026"
down_revision = "0025"
branch_labels = None
depends_on = None

WHEN = sa.DateTime(timezone=True)
OPEN = sa.text("accepted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL")

# Whoever grants or withdraws, by whatever way; a place that is deleted takes its line along.
FUNCTIONS = """
CREATE FUNCTION keep_tenure() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  IF TG_OP = 'DELETE' THEN
    UPDATE place_tenure SET changed_at = now() WHERE place_id = OLD.place_id;
    RETURN NULL;
  END IF;
  IF TG_OP = 'UPDATE' AND OLD.place_id <> NEW.place_id THEN
    UPDATE place_tenure SET changed_at = now() WHERE place_id = OLD.place_id;
  END IF;
  INSERT INTO place_tenure (place_id, since, changed_at) VALUES (NEW.place_id, now(), now())
    ON CONFLICT (place_id) DO UPDATE SET changed_at = now();
  RETURN NULL;
END $$;
CREATE TRIGGER place_manager_tenure AFTER INSERT OR UPDATE OR DELETE ON place_manager
  FOR EACH ROW EXECUTE FUNCTION keep_tenure();
INSERT INTO place_tenure (place_id, since, changed_at) SELECT DISTINCT place_id, now(), now() FROM place_manager;
"""


def upgrade() -> None:
    _add_invitations()
    _add_claims()
    op.create_table(
        "place_tenure",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("since", WHEN, nullable=False),
        sa.Column("changed_at", WHEN, nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_tenure_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_place_tenure")),
    )
    op.create_table(
        "team_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_team_request")),
    )
    op.create_index("ix_team_request_subject", "team_request", ["subject", "at"])
    op.add_column("proposal", sa.Column("looks_after", sa.Boolean(), server_default="false", nullable=False))
    op.execute(FUNCTIONS)


def _add_invitations() -> None:
    op.create_table(
        "invitation",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer()),
        sa.Column("zone_id", sa.Integer()),
        sa.Column("role", sa.String(40)),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("invited_by_id", sa.Integer()),
        sa.Column("handed_by_id", sa.Integer()),
        sa.Column("then", sa.String(40)),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("sent_at", WHEN, nullable=False),
        sa.Column("sent_count", sa.Integer(), nullable=False),
        sa.Column("expires_at", WHEN, nullable=False),
        sa.Column("accepted_at", WHEN),
        sa.Column("declined_at", WHEN),
        sa.Column("withdrawn_at", WHEN),
        sa.CheckConstraint("num_nonnulls(place_id, zone_id) = 1", name=op.f("ck_invitation_of_a_place_or_a_zone")),
        sa.CheckConstraint("(place_id IS NULL) = (role IS NULL)", name=op.f("ck_invitation_a_place_has_roles")),
        sa.CheckConstraint(
            "num_nonnulls(accepted_at, declined_at, withdrawn_at) <= 1", name=op.f("ck_invitation_ends_once")
        ),
        sa.CheckConstraint("role IN ('manager', 'editor')", name=op.f("ck_invitation_managerrole")),
        sa.CheckConstraint("\"then\" IN ('editor', 'leave')", name=op.f("ck_invitation_after")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_invitation_place_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_invitation_zone_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["invited_by_id"], ["account.id"], name=op.f("fk_invitation_invited_by_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(
            ["handed_by_id"], ["account.id"], name=op.f("fk_invitation_handed_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_invitation")),
        sa.UniqueConstraint("digest", name=op.f("uq_invitation_digest")),
    )
    for column in ("place_id", "zone_id"):
        op.create_index(
            f"uq_invitation_{column}_email", "invitation", [column, "email"], unique=True, postgresql_where=OPEN
        )
    op.create_index("ix_invitation_email", "invitation", ["email"], postgresql_where=OPEN)
    op.create_index("ix_invitation_invited_by_id", "invitation", ["invited_by_id"])
    op.create_index("ix_invitation_handed_by_id", "invitation", ["handed_by_id"])


def _add_claims() -> None:
    op.create_table(
        "claim",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("message", sa.Text(), nullable=False),
        sa.Column("state", sa.String(40), nullable=False),
        sa.Column("proof", sa.String(40)),
        sa.Column("digest", sa.LargeBinary()),
        sa.Column("digest_until", WHEN),
        sa.Column("created_at", WHEN, nullable=False),
        sa.Column("confirmed_at", WHEN),
        sa.Column("coordinator_from", WHEN),
        sa.Column("coordinator_told_at", WHEN),
        sa.Column("decided_at", WHEN),
        sa.Column("decided_by_id", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.CheckConstraint(
            "state IN ('unconfirmed', 'pending', 'asked', 'accepted', 'refused')", name=op.f("ck_claim_claimstate")
        ),
        sa.CheckConstraint("proof IN ('address', 'domain')", name=op.f("ck_claim_proof")),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_claim_place_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["account_id"], ["account.id"], name=op.f("fk_claim_account_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["decided_by_id"], ["account.id"], name=op.f("fk_claim_decided_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim")),
        sa.UniqueConstraint("digest", name=op.f("uq_claim_digest")),
    )
    op.create_index(
        "uq_claim_place_id_email", "claim", ["place_id", "email"], unique=True, postgresql_where=sa.text("email <> ''")
    )
    op.create_index("ix_claim_state", "claim", ["state", "id"])
    op.create_index("ix_claim_account_id", "claim", ["account_id"])
    op.create_index("ix_claim_decided_by_id", "claim", ["decided_by_id"])
    op.create_table(
        "claim_line",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("claim_id", sa.Integer(), nullable=False),
        sa.Column("at", WHEN, nullable=False),
        sa.Column("by_id", sa.Integer()),
        sa.Column("deed", sa.String(40), nullable=False),
        sa.Column("words", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "deed IN ('asked', 'answered', 'accepted', 'refused')", name=op.f("ck_claim_line_claimdeed")
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("fk_claim_line_claim_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_claim_line_by_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_claim_line")),
    )
    op.create_index("ix_claim_line_claim_id", "claim_line", ["claim_id", "id"])
    op.create_index("ix_claim_line_by_id", "claim_line", ["by_id"])


def downgrade() -> None:
    op.execute("DROP TRIGGER place_manager_tenure ON place_manager; DROP FUNCTION keep_tenure()")
    op.drop_column("proposal", "looks_after")
    for table in ("team_request", "place_tenure", "claim_line", "claim", "invitation"):
        op.drop_table(table)
