"""let what waits follow its place: who coordinates where a place is now decides about it

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None

# Not a new version: what people have on their screens is the same.
FUNCTION = """
CREATE FUNCTION proposals_follow_place() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE proposal SET department_code = NEW.department_code
  WHERE place_id = NEW.id AND state IN ('pending', 'asked')
    AND department_code IS DISTINCT FROM NEW.department_code;
  RETURN NULL;
END $$
"""


def upgrade() -> None:
    op.execute(FUNCTION)
    op.execute(
        "CREATE TRIGGER proposals_follow AFTER UPDATE OF department_code ON place FOR EACH ROW"
        " WHEN (OLD.department_code IS DISTINCT FROM NEW.department_code) EXECUTE FUNCTION proposals_follow_place()"
    )
    # Those of places that have moved already.
    op.execute(
        "UPDATE proposal SET department_code = place.department_code FROM place"
        " WHERE place.id = proposal.place_id AND proposal.state IN ('pending', 'asked')"
        " AND proposal.department_code IS DISTINCT FROM place.department_code"
    )


def downgrade() -> None:
    op.execute("DROP TRIGGER proposals_follow ON place")
    op.execute("DROP FUNCTION proposals_follow_place()")
