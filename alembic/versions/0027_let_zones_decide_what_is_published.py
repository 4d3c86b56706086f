"""let zones decide what is published: states of moderation, rules of zones, one queue for all that waits

Revision ID: 0027
Revises: 0026
"""

import sqlalchemy as sa
from alembic import op

revision = "0027"
down_revision = "0026"
branch_labels = None
depends_on = None

STATES = ("draft", "pending", "published", "archived", "refused")
THINGS = ("place", "event", "project", "correction")
PEOPLE = ("stranger", "member", "editor", "manager", "coordinator", "imported")
FORMER_KINDS = ("missing", "correction", "closed", "duplicate", "abuse", "other")
FORMER_STATES = ("pending", "asked", "published", "refused")

# What waits stands in the queue, whoever wrote it, and leaves it with what it is about.
FUNCTIONS = """
CREATE FUNCTION await_decision(
  of_event integer, of_project integer, of_place integer, title text, author integer, at timestamptz, state_now text
) RETURNS void LANGUAGE plpgsql AS $$
BEGIN
  IF state_now = 'pending' THEN
    UPDATE proposal SET place_id = site.id, place_name = title, department_code = site.department_code
    FROM place AS site
    WHERE site.id = of_place AND proposal.kind = 'publication' AND proposal.state IN ('pending', 'asked')
      AND proposal.event_id IS NOT DISTINCT FROM of_event AND proposal.project_id IS NOT DISTINCT FROM of_project
      AND (of_event IS NOT NULL OR of_project IS NOT NULL OR proposal.place_id = of_place);
    IF NOT FOUND THEN
      INSERT INTO proposal (
        kind, state, event_id, project_id, place_id, place_name, department_code, is_demo, proposed, before,
        twin_slug, message, known_by, language, by_id, contact, created_at, late_told, version
      )
      SELECT 'publication', 'pending', of_event, of_project, site.id, title, site.department_code, site.is_demo,
        '{}', '{}', '', '', '', coalesce(person.language, 'fr'), person.id, '', at, 0, 1
      FROM place AS site LEFT JOIN account AS person ON person.id = author WHERE site.id = of_place;
    END IF;
  ELSE
    UPDATE proposal SET
      state = CASE state_now WHEN 'published' THEN 'published' WHEN 'refused' THEN 'refused' ELSE 'withdrawn' END,
      decided_at = at, contact = '', contact_until = NULL, answer_hash = NULL, version = version + 1
    WHERE kind = 'publication' AND state IN ('pending', 'asked')
      AND event_id IS NOT DISTINCT FROM of_event AND project_id IS NOT DISTINCT FROM of_project
      AND (of_event IS NOT NULL OR of_project IS NOT NULL OR place_id = of_place);
  END IF;
END $$;
CREATE FUNCTION event_awaits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM await_decision(NEW.id, NULL, NEW.place_id, NEW.title, NEW.created_by_id, NEW.changed_at,
    CASE WHEN NEW.deleted_at IS NULL THEN NEW.moderation ELSE 'deleted' END);
  RETURN NULL;
END $$;
CREATE FUNCTION project_awaits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM await_decision(NULL, NEW.id, NEW.lead_id, NEW.title, NEW.created_by_id, NEW.changed_at, NEW.moderation);
  RETURN NULL;
END $$;
CREATE FUNCTION place_awaits() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  PERFORM await_decision(NULL, NULL, NEW.id, NEW.name, NULL, NEW.changed_at, NEW.moderation);
  RETURN NULL;
END $$;
"""
TRIGGERS = {
    "event": "moderation, deleted_at, place_id, title",
    "project": "moderation, lead_id, title",
    "place": "moderation, department_code, name",
}


def upgrade() -> None:
    for table in ("project", "place"):
        op.add_column(table, sa.Column("moderation", sa.String(40), server_default="published", nullable=False))
    op.execute(
        "ALTER TABLE event ALTER is_draft DROP DEFAULT, ALTER is_draft TYPE character varying(40)"
        " USING CASE WHEN is_draft THEN 'draft' ELSE 'published' END, ALTER is_draft SET DEFAULT 'published';"
        "ALTER TABLE event RENAME is_draft TO moderation"
    )
    for table in TRIGGERS:
        op.create_check_constraint(op.f(f"ck_{table}_moderationstate"), table, sa.column("moderation").in_(STATES))
    # Those who look after a place until now had their accounts from administrators, who knew their addresses.
    op.execute(
        "UPDATE account SET email_confirmed_at = created_at WHERE email_confirmed_at IS NULL"
        " AND id IN (SELECT account_id FROM place_manager)"
    )
    op.create_table(
        "zone_rule",
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("thing", sa.String(40), nullable=False),
        sa.Column("whose", sa.String(40), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("is_trusted", sa.Boolean(), nullable=False),
        sa.Column("set_by_id", sa.Integer()),
        sa.Column("set_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint(sa.column("thing").in_(THINGS), name=op.f("ck_zone_rule_thing")),
        sa.CheckConstraint(sa.column("whose").in_(PEOPLE), name=op.f("ck_zone_rule_whose")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_zone_rule_zone_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["set_by_id"], ["account.id"], name=op.f("fk_zone_rule_set_by_id"), ondelete="SET NULL"
        ),
        sa.PrimaryKeyConstraint("zone_id", "thing", "whose", "is_demo", name=op.f("pk_zone_rule")),
    )
    _widen_proposals()
    op.execute(FUNCTIONS)
    for table, columns in TRIGGERS.items():
        op.execute(
            f"CREATE TRIGGER {table}_awaits_new AFTER INSERT ON {table}"
            f" FOR EACH ROW WHEN (NEW.moderation = 'pending') EXECUTE FUNCTION {table}_awaits();"
            f" CREATE TRIGGER {table}_awaits AFTER UPDATE OF {columns} ON {table}"
            f" FOR EACH ROW WHEN ('pending' IN (OLD.moderation, NEW.moderation)) EXECUTE FUNCTION {table}_awaits()"
        )


def _widen_proposals() -> None:
    for column in ("event_id", "project_id", "assigned_to_id"):
        op.add_column("proposal", sa.Column(column, sa.Integer()))
        table, then = ("account", "SET NULL") if column == "assigned_to_id" else (column.removesuffix("_id"), "CASCADE")
        op.create_foreign_key(op.f(f"fk_proposal_{column}"), "proposal", table, [column], ["id"], ondelete=then)
        op.create_index(f"ix_proposal_{column}", "proposal", [column])
    op.add_column("proposal", sa.Column("late_told", sa.Integer(), server_default="0", nullable=False))
    op.create_check_constraint(op.f("ck_proposal_is_about_one"), "proposal", "num_nonnulls(event_id, project_id) < 2")
    _check("proposalkind", "kind", (*FORMER_KINDS, "publication"))
    _check("proposalstate", "state", (*FORMER_STATES, "withdrawn"))


def _check(name: str, column: str, values: tuple[str, ...]) -> None:
    op.drop_constraint(op.f(f"ck_proposal_{name}"), "proposal", type_="check")
    op.create_check_constraint(op.f(f"ck_proposal_{name}"), "proposal", sa.column(column).in_(values))


def downgrade() -> None:
    for table in TRIGGERS:
        op.execute(
            f"DROP TRIGGER {table}_awaits ON {table}; DROP TRIGGER {table}_awaits_new ON {table};"
            f" DROP FUNCTION {table}_awaits()"
        )
    op.execute("DROP FUNCTION await_decision(integer, integer, integer, text, integer, timestamptz, text)")
    # There is no queue for these there, and decisions cannot be taken away one by one.
    op.execute("ALTER TABLE proposal_decision DISABLE TRIGGER keep")
    op.execute("DELETE FROM proposal WHERE kind = 'publication' OR event_id IS NOT NULL OR project_id IS NOT NULL")
    op.execute("ALTER TABLE proposal_decision ENABLE TRIGGER keep")
    op.execute("UPDATE proposal SET state = 'refused' WHERE state = 'withdrawn'")
    _check("proposalkind", "kind", FORMER_KINDS)
    _check("proposalstate", "state", FORMER_STATES)
    op.drop_constraint(op.f("ck_proposal_is_about_one"), "proposal", type_="check")
    op.drop_column("proposal", "late_told")
    for column in ("assigned_to_id", "project_id", "event_id"):
        op.drop_index(f"ix_proposal_{column}", "proposal")
        op.drop_constraint(op.f(f"fk_proposal_{column}"), "proposal", type_="foreignkey")
        op.drop_column("proposal", column)
    op.drop_table("zone_rule")
    # Nothing that was not for everybody comes to be so.
    op.execute("DELETE FROM project WHERE moderation IN ('draft', 'pending', 'refused')")
    op.execute("DELETE FROM place WHERE moderation IN ('draft', 'pending', 'refused')")
    for table in TRIGGERS:
        op.drop_constraint(op.f(f"ck_{table}_moderationstate"), table, type_="check")
    for table in ("place", "project"):
        op.drop_column(table, "moderation")
    op.execute(
        "ALTER TABLE event RENAME moderation TO is_draft;"
        "ALTER TABLE event ALTER is_draft DROP DEFAULT, ALTER is_draft TYPE boolean"
        " USING is_draft IN ('draft', 'pending', 'refused'), ALTER is_draft SET DEFAULT false"
    )
