"""keep images of events.

Revision: 0008, follows 0007.
"""

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "image",
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("content", sa.LargeBinary(), nullable=False),
        sa.Column("width", sa.Integer(), nullable=False),
        sa.Column("height", sa.Integer(), nullable=False),
        sa.Column("small", sa.LargeBinary(), nullable=False),
        sa.Column("small_width", sa.Integer(), nullable=False),
        sa.Column("small_height", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("digest", name=op.f("pk_image")),
    )
    op.add_column("event", sa.Column("image_digest", sa.Text(), nullable=True))
    op.add_column("event", sa.Column("image_text", sa.Text(), server_default="", nullable=False))
    op.create_index("ix_event_image_digest", "event", ["image_digest"], unique=False)
    op.create_foreign_key(op.f("fk_event_image_digest"), "event", "image", ["image_digest"], ["digest"])
    op.create_check_constraint(op.f("ck_event_image_has_text"), "event", "image_digest IS NULL OR image_text <> ''")


def downgrade() -> None:
    op.drop_constraint(op.f("ck_event_image_has_text"), "event", type_="check")
    op.drop_constraint(op.f("fk_event_image_digest"), "event", type_="foreignkey")
    op.drop_index("ix_event_image_digest", table_name="event")
    op.drop_column("event", "image_text")
    op.drop_column("event", "image_digest")
    op.drop_table("image")
