"""keep each place as a feature of GeoJSON, written when the place is

Revision ID: 0024
Revises: 0023
"""

import sqlalchemy as sa
from alembic import op

revision = "0024"
down_revision = "0023"
branch_labels = None
depends_on = None

FUNCTIONS = """
CREATE FUNCTION feature_of(one place) RETURNS text LANGUAGE sql STABLE AS $$
  SELECT '{"type":"Feature","geometry":'
    || CASE WHEN one.latitude IS NULL THEN 'null'
       ELSE '{"type":"Point","coordinates":[' || one.longitude || ',' || one.latitude || ']}' END
    -- Its end is left to whoever adds what is not of the place alone.
    || ',"properties":' || rtrim(row_to_json(told)::text, '}')
  FROM (
    SELECT one.slug, one.name, one.kind, one.address, one.postcode, one.commune, one.insee,
      one.department_code AS department, one.phone, one.website, one.opening_hours, one.labels, one.services,
      one.machine_types, one.audiences, one.accessibility, one.fees, one.support, one.source, one.source_licence,
      one.source_updated_on, one.closed_on, (one.confirmed_at AT TIME ZONE 'UTC')::date AS confirmed_on, one.is_demo
  ) AS told
$$;
CREATE FUNCTION keep_feature() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO place_feature AS kept (place_id, feature) VALUES (NEW.id, feature_of(NEW))
  ON CONFLICT (place_id) DO UPDATE SET feature = excluded.feature WHERE kept.feature <> excluded.feature;
  RETURN NULL;
END $$;
CREATE TRIGGER place_feature_kept AFTER INSERT OR UPDATE ON place FOR EACH ROW EXECUTE FUNCTION keep_feature();
"""


def upgrade() -> None:
    op.create_table(
        "place_feature",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("feature", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_feature_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_place_feature")),
    )
    op.execute(FUNCTIONS)
    op.execute("INSERT INTO place_feature SELECT place.id, feature_of(place) FROM place")


def downgrade() -> None:
    op.execute(
        "DROP TRIGGER place_feature_kept ON place; DROP FUNCTION keep_feature(); DROP FUNCTION feature_of(place)"
    )
    op.drop_table("place_feature")
