"""know what people are to zones, and what secret words were sent to them

Revision ID: 0023
Revises: 0022
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0023"
down_revision = "0022"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION keep_coordinated(people integer[]) RETURNS void LANGUAGE sql AS $$
  UPDATE account SET zone_ids = told.zones, department_codes = told.codes
  FROM (
    SELECT person.id,
      ARRAY(SELECT zone_id FROM zone_coordinator WHERE account_id = person.id ORDER BY 1) AS zones,
      ARRAY(
        SELECT DISTINCT part.department_code FROM zone_coordinator AS coordinator
        JOIN zone_department AS part USING (zone_id)
        WHERE coordinator.account_id = person.id ORDER BY 1
      ) AS codes
    FROM account AS person WHERE person.id = ANY (people)
  ) AS told
  WHERE account.id = told.id AND (account.zone_ids, account.department_codes) IS DISTINCT FROM (told.zones, told.codes)
$$;
CREATE FUNCTION coordinator_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM keep_coordinated(ARRAY[OLD.account_id, NEW.account_id]);
  RETURN NULL;
END $$;
CREATE FUNCTION coordinated_zone_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM keep_coordinated(
    ARRAY(SELECT account_id FROM zone_coordinator WHERE zone_id IN (OLD.zone_id, NEW.zone_id))
  );
  RETURN NULL;
END $$;
CREATE TRIGGER zone_coordinator_kept AFTER INSERT OR UPDATE OR DELETE ON zone_coordinator
  FOR EACH ROW EXECUTE FUNCTION coordinator_changed();
CREATE TRIGGER zone_department_coordinated AFTER INSERT OR UPDATE OR DELETE ON zone_department
  FOR EACH ROW EXECUTE FUNCTION coordinated_zone_changed();
"""

# Until now, whoever looked after a pole of a zone decided there.
FORMER = """
INSERT INTO zone_coordinator (zone_id, account_id, granted_at)
SELECT DISTINCT role.zone_id, manager.account_id, now()
FROM pole_role AS role JOIN place_manager AS manager USING (place_id)
"""


def upgrade() -> None:
    op.alter_column("account", "password_hash", nullable=True)
    op.add_column("account", sa.Column("language", sa.Text(), server_default="fr", nullable=False))
    op.add_column("account", sa.Column("email_confirmed_at", sa.DateTime(timezone=True)))
    op.add_column("account", sa.Column("zone_ids", postgresql.ARRAY(sa.Integer()), server_default="{}", nullable=False))
    op.add_column(
        "account", sa.Column("department_codes", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False)
    )
    # Which zones somebody coordinates is told by rows now.
    op.execute("UPDATE account SET role = 'member' WHERE role = 'coordinator'")
    op.drop_constraint(op.f("ck_account_role"), "account", type_="check")
    op.create_check_constraint(op.f("ck_account_role"), "account", "role IN ('member', 'admin')")
    op.create_table(
        "one_time_word",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("digest", sa.LargeBinary(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("account_id", sa.Integer()),
        sa.Column("told", postgresql.JSONB(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("used_at", sa.DateTime(timezone=True)),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_one_time_word_account_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_one_time_word")),
        sa.UniqueConstraint("digest", name=op.f("uq_one_time_word_digest")),
    )
    op.create_index("ix_one_time_word_account_id", "one_time_word", ["account_id"])
    op.create_index("ix_one_time_word_expires_at", "one_time_word", ["expires_at"])
    op.create_table(
        "zone_coordinator",
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("account_id", sa.Integer(), nullable=False),
        sa.Column("granted_by_id", sa.Integer()),
        sa.Column("granted_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_coordinator_zone_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["account_id"], ["account.id"], name=op.f("fk_zone_coordinator_account_id"), ondelete="CASCADE"
        ),
        sa.ForeignKeyConstraint(
            ["granted_by_id"], ["account.id"], name=op.f("fk_zone_coordinator_granted_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("zone_id", "account_id", name=op.f("pk_zone_coordinator")),
    )
    op.create_index("ix_zone_coordinator_account_id", "zone_coordinator", ["account_id"])
    op.execute(FUNCTIONS)
    op.execute(FORMER)


def downgrade() -> None:
    op.execute(
        "DROP TRIGGER zone_department_coordinated ON zone_department;"
        "DROP TRIGGER zone_coordinator_kept ON zone_coordinator;"
        "DROP FUNCTION coordinated_zone_changed(); DROP FUNCTION coordinator_changed();"
        "DROP FUNCTION keep_coordinated(integer[])"
    )
    op.drop_table("zone_coordinator")
    op.drop_table("one_time_word")
    op.drop_constraint(op.f("ck_account_role"), "account", type_="check")
    op.create_check_constraint(op.f("ck_account_role"), "account", "role IN ('member', 'coordinator', 'admin')")
    for column in ("department_codes", "zone_ids", "email_confirmed_at", "language"):
        op.drop_column("account", column)
    # An account without a password has no place there: a hash that nothing fits.
    op.execute("UPDATE account SET password_hash = '' WHERE password_hash IS NULL")
    op.alter_column("account", "password_hash", nullable=False)
