"""know how far openings are counted out.

Revision: 0017, follows 0016.
"""

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "place_horizon",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("counted_to", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_place_horizon_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_place_horizon")),
    )


def downgrade() -> None:
    op.drop_table("place_horizon")
