"""remember what was refused: a project that its zone refused or withdrew is read again before it is out

Revision ID: 0036
Revises: 0035
"""

import sqlalchemy as sa
from alembic import op

revision = "0036"
down_revision = "0035"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("project", sa.Column("refused_at", sa.DateTime(timezone=True)))
    op.execute("UPDATE project SET refused_at = changed_at WHERE moderation = 'refused'")


def downgrade() -> None:
    op.drop_column("project", "refused_at")
