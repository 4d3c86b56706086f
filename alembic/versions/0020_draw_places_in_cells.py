"""draw places in cells.

Revision: 0020, follows 0019.
"""

import sqlalchemy as sa
from alembic import op
from geoalchemy2 import Geometry

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "map_number",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_map_number_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_map_number")),
    )
    # Nothing is drawn yet: whoever asks first, or the worker, draws all.
    op.execute("INSERT INTO map_number (id, number) VALUES (1, 0)")
    op.create_table(
        "map_point",
        sa.Column("place_id", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("x", sa.Integer(), nullable=False),
        sa.Column("y", sa.Integer(), nullable=False),
        sa.Column(
            "spot",
            Geometry("POINT", srid=-1, spatial_index=False),
            sa.Computed("ST_MakePoint(x, y)", persisted=True),
            nullable=True,
        ),
        sa.Column("is_chosen", sa.Boolean(), nullable=False),
        sa.Column("is_closed", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("department_code", sa.Text(), nullable=False),
        sa.Column("commune", sa.Text(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("closes_on", sa.Date(), nullable=True),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_map_point")),
    )
    op.create_index("ix_map_point_spot", "map_point", ["spot"], unique=False, postgresql_using="gist")
    op.create_index(
        "ix_map_point_chosen", "map_point", ["place_id"], unique=False, postgresql_where=sa.text("is_chosen")
    )
    op.create_index(
        "ix_map_point_closes_on",
        "map_point",
        ["closes_on"],
        unique=False,
        postgresql_where=sa.text("closes_on IS NOT NULL AND NOT is_closed"),
    )
    op.create_table(
        "map_cell",
        sa.Column("zoom", sa.Integer(), nullable=False),
        sa.Column("row", sa.Integer(), nullable=False),
        sa.Column("col", sa.Integer(), nullable=False),
        sa.Column("count", sa.Integer(), nullable=False),
        sa.Column("x_sum", sa.BigInteger(), nullable=False),
        sa.Column("y_sum", sa.BigInteger(), nullable=False),
        sa.Column("id_sum", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("zoom", "row", "col", name=op.f("pk_map_cell")),
    )


def downgrade() -> None:
    op.drop_table("map_cell")
    op.drop_table("map_point")
    op.drop_table("map_number")
