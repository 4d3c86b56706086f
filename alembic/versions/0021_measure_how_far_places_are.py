"""measure how far places are

Revision ID: 0021
Revises: 0020
"""

import sqlalchemy as sa
from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "commune_reach",
        sa.Column("insee", sa.Text(), nullable=False),
        sa.Column("fablab_m", sa.Integer(), nullable=True),
        sa.Column("epn_m", sa.Integer(), nullable=True),
        sa.Column("laureate_m", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(["insee"], ["commune.insee"], name=op.f("fk_commune_reach_insee"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("insee", name=op.f("pk_commune_reach")),
    )
    op.create_table(
        "reach_measure",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("place_number", sa.BigInteger(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("measured_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("checked_at", sa.DateTime(timezone=True), nullable=False),
        sa.CheckConstraint("id = 1", name=op.f("ck_reach_measure_one_row")),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_reach_measure")),
    )


def downgrade() -> None:
    op.drop_table("reach_measure")
    op.drop_table("commune_reach")
