"""watch the rules of zones: the journal tells who changed them

Revision ID: 0063
Revises: 0062
"""

from alembic import op

revision = "0063"
down_revision = "0062"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT journal_watch('zone_rule')")


def downgrade() -> None:
    op.execute('DROP TRIGGER "A_journal" ON zone_rule')
