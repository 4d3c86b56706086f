"""find events by their tags.

Revision: 0014, follows 0013.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # Left empty: the set-up that follows every migration settles the events that have tags and none here.
    op.add_column(
        "event",
        sa.Column("folded_tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False),
    )
    op.create_index("ix_event_folded_tags", "event", ["folded_tags"], unique=False, postgresql_using="gin")
    op.drop_index("ix_event_tags", table_name="event", postgresql_using="gin")


def downgrade() -> None:
    op.create_index("ix_event_tags", "event", ["tags"], unique=False, postgresql_using="gin")
    op.drop_index("ix_event_folded_tags", table_name="event", postgresql_using="gin")
    op.drop_column("event", "folded_tags")
