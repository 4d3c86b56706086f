"""say why the zone took something out of publication: its team reads it where it mends it

Revision ID: 0037
Revises: 0036
"""

import sqlalchemy as sa
from alembic import op

revision = "0037"
down_revision = "0036"
branch_labels = None
depends_on = None

TABLES = ("event", "project", "place")


def upgrade() -> None:
    for table in TABLES:
        op.add_column(table, sa.Column("zone_reason", sa.Text(), server_default="", nullable=False))


def downgrade() -> None:
    for table in TABLES:
        op.drop_column(table, "zone_reason")
