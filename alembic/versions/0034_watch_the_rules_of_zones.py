"""watch the rules of zones: the journal tells who changed them

Revision ID: 0034
Revises: 0033
"""

from alembic import op

revision = "0034"
down_revision = "0033"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("SELECT journal_watch('zone_rule')")


def downgrade() -> None:
    op.execute('DROP TRIGGER "A_journal" ON zone_rule')
