"""forget what left calendars long ago.

Revision: 0015, follows 0014.
"""

import sqlalchemy as sa
from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # When those that are there left is not known: it is as if they did today.
    op.add_column(
        "feed_tombstone",
        sa.Column("left_at", sa.DateTime(timezone=True), server_default=sa.func.now(), nullable=False),
    )
    op.create_index("ix_feed_tombstone_left_at", "feed_tombstone", ["left_at"], unique=False)
    op.create_table(
        "feed_forgotten",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name="fk_feed_forgotten_place_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", name="pk_feed_forgotten"),
    )


def downgrade() -> None:
    op.drop_table("feed_forgotten")
    op.drop_index("ix_feed_tombstone_left_at", table_name="feed_tombstone")
    op.drop_column("feed_tombstone", "left_at")
