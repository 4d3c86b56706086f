"""find events by their words.

Revision: 0005, follows 0004.
"""

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # A trusted extension of PostgreSQL itself: the owner of the database may create it.
    op.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
    # Left empty: the set-up that follows every migration settles the events that have none.
    op.add_column("event", sa.Column("search_text", sa.Text(), server_default="", nullable=False))
    op.create_index(
        "ix_event_search_text",
        "event",
        ["search_text"],
        unique=False,
        postgresql_using="gin",
        postgresql_ops={"search_text": "gin_trgm_ops"},
    )


def downgrade() -> None:
    op.drop_index("ix_event_search_text", table_name="event")
    op.drop_column("event", "search_text")
    op.execute("DROP EXTENSION IF EXISTS pg_trgm")
