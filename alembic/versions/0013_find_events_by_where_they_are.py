"""find events by where they are.

Revision: 0013, follows 0012.
"""

import geoalchemy2
import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column(
        "event",
        sa.Column(
            "location",
            geoalchemy2.types.Geography("POINT", srid=4326, spatial_index=False),
            nullable=True,
        ),
    )
    op.execute(
        """
        UPDATE event SET location = coalesce(
            (SELECT venue.location FROM place AS venue WHERE venue.id = event.venue_id),
            ST_SetSRID(ST_MakePoint(event.venue_longitude, event.venue_latitude), 4326)::geography,
            (SELECT place.location FROM place WHERE place.id = event.place_id)
        )
        """
    )
    op.create_index("ix_event_location", "event", ["location"], unique=False, postgresql_using="gist")


def downgrade() -> None:
    op.drop_index("ix_event_location", table_name="event", postgresql_using="gist")
    op.drop_column("event", "location")
