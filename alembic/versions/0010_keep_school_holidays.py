"""keep school holidays

Revision ID: 0010
Revises: 0009
"""

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("event", sa.Column("school_holidays", sa.Text(), server_default="", nullable=False))
    op.create_check_constraint(
        op.f("ck_event_school_holidays_are_of_a_zone"), "event", "school_holidays ~ '^([ABC]:[0-9]{4}(-[0-9]{2}){2})?$'"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_event_school_holidays_are_of_a_zone"), "event", type_="check")
    op.drop_column("event", "school_holidays")
