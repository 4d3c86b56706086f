"""let poles speak: a presentation, contacts and news of each zone, by its coordinators

Revision ID: 0035
Revises: 0034
"""

import sqlalchemy as sa
from alembic import op

revision = "0035"
down_revision = "0034"
branch_labels = None
depends_on = None

# Of contacts the journal tells that something changed, and not to what.
WATCHED = {
    "pole_page": ("version,changed_at", ""),
    "pole_contact": ("", "name,email,phone"),
    "pole_news": ("version,changed_at", ""),
}


def upgrade() -> None:
    op.create_table(
        "pole_page",
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("presentation", sa.Text(), nullable=False),
        sa.Column("seeks", sa.Text(), nullable=False),
        sa.Column("changed_by_id", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("zone_id", "is_demo", name=op.f("pk_pole_page")),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_pole_page_zone_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(
            ["changed_by_id"], ["account.id"], name=op.f("fk_pole_page_changed_by_id"), ondelete="SET NULL"
        ),
    )
    op.create_table(
        "pole_contact",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("position", sa.Integer(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("consented_on", sa.Date()),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pole_contact")),
        sa.ForeignKeyConstraint(
            ["zone_id", "is_demo"],
            ["pole_page.zone_id", "pole_page.is_demo"],
            name="fk_pole_contact_page",
            ondelete="CASCADE",
        ),
        sa.CheckConstraint("name = '' OR consented_on IS NOT NULL", name=op.f("ck_pole_contact_named_by_consent")),
    )
    op.create_index("ix_pole_contact_page", "pole_contact", ["zone_id", "is_demo", "position"])
    _create_news()
    op.create_table(
        "pole_request",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("subject", sa.LargeBinary(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pole_request")),
    )
    op.create_index("ix_pole_request_subject", "pole_request", ["subject", "at"])
    for table, (skipped, masked) in WATCHED.items():
        op.execute(f"SELECT journal_watch('{table}', '{{{skipped}}}', '{{{masked}}}')")


def _create_news() -> None:
    op.create_table(
        "pole_news",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("zone_id", sa.Integer(), nullable=False),
        sa.Column("is_demo", sa.Boolean(), nullable=False),
        sa.Column("slug", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("on_date", sa.Date(), nullable=False),
        sa.Column("url", sa.Text(), nullable=False),
        sa.Column("event_id", sa.Integer()),
        sa.Column("place_id", sa.Integer()),
        sa.Column("published_at", sa.DateTime(timezone=True)),
        sa.Column("is_published", sa.Boolean(), nullable=False),
        sa.Column("told_at", sa.DateTime(timezone=True)),
        sa.Column("created_by_id", sa.Integer()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_pole_news")),
        sa.UniqueConstraint("zone_id", "slug", name="uq_pole_news_zone_id_slug"),
        sa.ForeignKeyConstraint(["zone_id"], ["zone.id"], name=op.f("fk_pole_news_zone_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_pole_news_event_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_pole_news_place_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(
            ["created_by_id"], ["account.id"], name=op.f("fk_pole_news_created_by_id"), ondelete="SET NULL"
        ),
        sa.CheckConstraint("NOT is_published OR published_at IS NOT NULL", name=op.f("ck_pole_news_published_once")),
    )
    op.create_index("ix_pole_news_zone_id", "pole_news", ["zone_id", "is_published", "on_date"])
    op.create_index("ix_pole_news_event_id", "pole_news", ["event_id"])
    op.create_index("ix_pole_news_place_id", "pole_news", ["place_id"])


def downgrade() -> None:
    for table in ("pole_request", "pole_news", "pole_contact", "pole_page"):
        op.drop_table(table)
