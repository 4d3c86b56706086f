"""let events repeat, be drafted and be published to calendars.

Revision: 0003, follows 0002.
"""

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute(sa.schema.CreateSequence(sa.Sequence("feed_number")))
    op.create_table(
        "feed_chunk",
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("raw", sa.LargeBinary(), nullable=False),
        sa.Column("deflated", sa.LargeBinary(), nullable=False),
        sa.Column("crc32", sa.BigInteger(), nullable=False),
        sa.Column("length", sa.Integer(), nullable=False),
        sa.Column("zones", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), nullable=False),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_feed_chunk_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("place_id", name=op.f("pk_feed_chunk")),
    )
    op.create_index("ix_feed_chunk_number", "feed_chunk", ["number"], unique=False)
    op.create_table(
        "feed_tombstone",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("uid", sa.Text(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.Column("number", sa.BigInteger(), nullable=False),
        sa.ForeignKeyConstraint(
            ["place_id"], ["place.id"], name=op.f("fk_feed_tombstone_place_id"), ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_feed_tombstone")),
    )
    op.create_index("ix_feed_tombstone_place_id", "feed_tombstone", ["place_id", "number"], unique=False)
    op.create_table(
        "event_change",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("recurrence_local", sa.DateTime(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("cancel_reason", sa.Text(), nullable=False),
        sa.Column("title", sa.Text(), nullable=False),
        sa.Column("description", sa.Text(), nullable=False),
        sa.Column("venue_id", sa.Integer(), nullable=True),
        sa.Column("venue_text", sa.Text(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("changed_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False),
        sa.CheckConstraint("ends_local >= starts_local", name=op.f("ck_event_change_ends_after_start")),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_change_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["venue_id"], ["place.id"], name=op.f("fk_event_change_venue_id"), ondelete="SET NULL"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_change")),
        sa.UniqueConstraint("event_id", "recurrence_local", name=op.f("uq_event_change_event_id_recurrence_local")),
    )
    op.create_table(
        "event_partner",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("place_id", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_partner_event_id"), ondelete="CASCADE"),
        sa.ForeignKeyConstraint(["place_id"], ["place.id"], name=op.f("fk_event_partner_place_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "place_id", name=op.f("pk_event_partner")),
    )
    op.create_index("ix_event_partner_place_id", "event_partner", ["place_id"], unique=False)
    op.create_table(
        "event_version",
        sa.Column("id", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("by_id", sa.Integer(), nullable=True),
        sa.Column("deed", sa.Text(), nullable=False),
        sa.Column("changed", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.ForeignKeyConstraint(["by_id"], ["account.id"], name=op.f("fk_event_version_by_id"), ondelete="SET NULL"),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_version_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_event_version")),
    )
    op.create_index("ix_event_version_event_id", "event_version", ["event_id", "id"], unique=False)
    op.create_table(
        "event_date",
        sa.Column("event_id", sa.Integer(), nullable=False),
        sa.Column("recurrence_local", sa.DateTime(), nullable=False),
        sa.Column("starts_local", sa.DateTime(), nullable=False),
        sa.Column("ends_local", sa.DateTime(), nullable=False),
        sa.Column("starts_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("ends_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("is_cancelled", sa.Boolean(), nullable=False),
        sa.Column("change_id", sa.Integer(), nullable=True),
        sa.ForeignKeyConstraint(
            ["change_id"], ["event_change.id"], name=op.f("fk_event_date_change_id"), ondelete="SET NULL"
        ),
        sa.ForeignKeyConstraint(["event_id"], ["event.id"], name=op.f("fk_event_date_event_id"), ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("event_id", "recurrence_local", name=op.f("pk_event_date")),
    )
    op.create_index("ix_event_date_ends_at", "event_date", ["ends_at"], unique=False)
    op.create_index("ix_event_date_starts_local", "event_date", ["starts_local", "event_id"], unique=False)
    op.add_column("event", sa.Column("rrule", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("rdates", postgresql.ARRAY(sa.DateTime()), server_default="{}", nullable=False))
    op.add_column("event", sa.Column("exdates", postgresql.ARRAY(sa.DateTime()), server_default="{}", nullable=False))
    op.add_column("event", sa.Column("split_from_id", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("venue_id", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("venue_text", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("venue_latitude", sa.Double(), nullable=True))
    op.add_column("event", sa.Column("venue_longitude", sa.Double(), nullable=True))
    op.add_column("event", sa.Column("online_url", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "event",
        sa.Column(
            "online_access",
            sa.Enum(
                "none",
                "public",
                "on_request",
                name="onlineaccess",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="none",
            nullable=False,
        ),
    )
    op.add_column("event", sa.Column("audience", sa.Text(), server_default="", nullable=False))
    op.add_column(
        "event",
        sa.Column(
            "price_kind",
            sa.Enum(
                "unsaid",
                "free",
                "membership",
                "amount",
                name="pricekind",
                native_enum=False,
                create_constraint=True,
                length=40,
            ),
            server_default="unsaid",
            nullable=False,
        ),
    )
    op.add_column("event", sa.Column("price_amount", sa.Numeric(precision=8, scale=2), nullable=True))
    op.add_column("event", sa.Column("language", sa.Text(), server_default="fr", nullable=False))
    op.add_column("event", sa.Column("accessibility", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("capacity", sa.Integer(), nullable=True))
    op.add_column("event", sa.Column("registration_url", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("contact", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("tags", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("event", sa.Column("is_draft", sa.Boolean(), server_default="false", nullable=False))
    op.add_column("event", sa.Column("published_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("deleted_at", sa.DateTime(timezone=True), nullable=True))
    op.add_column("event", sa.Column("origin", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("ical", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("ical_zones", postgresql.ARRAY(sa.Text()), server_default="{}", nullable=False))
    op.add_column("event", sa.Column("digest", sa.Text(), server_default="", nullable=False))
    op.add_column("event", sa.Column("feed_number", sa.BigInteger(), server_default="0", nullable=False))
    op.create_index("ix_event_feed_number", "event", ["feed_number"], unique=False)
    op.create_index("ix_event_tags", "event", ["tags"], unique=False, postgresql_using="gin")
    op.create_foreign_key(op.f("fk_event_venue_id"), "event", "place", ["venue_id"], ["id"], ondelete="SET NULL")
    op.create_foreign_key(
        op.f("fk_event_split_from_id"), "event", "event", ["split_from_id"], ["id"], ondelete="SET NULL"
    )
    op.create_check_constraint(op.f("ck_event_capacity_is_positive"), "event", "capacity > 0")
    op.create_check_constraint(op.f("ck_event_price_is_not_negative"), "event", "price_amount >= 0")
    op.execute("UPDATE event SET published_at = created_at")
    # What happens once has one date; its calendar text is written by the application at its next set-up.
    op.execute(
        "INSERT INTO event_date"
        " (event_id, recurrence_local, starts_local, ends_local, starts_at, ends_at, is_cancelled)"
        " SELECT id, starts_local, starts_local, ends_local, starts_at, ends_at, status = 'cancelled' FROM event"
    )


def downgrade() -> None:
    op.drop_constraint(op.f("ck_event_price_is_not_negative"), "event", type_="check")
    op.drop_constraint(op.f("ck_event_capacity_is_positive"), "event", type_="check")
    op.drop_constraint(op.f("fk_event_split_from_id"), "event", type_="foreignkey")
    op.drop_constraint(op.f("fk_event_venue_id"), "event", type_="foreignkey")
    op.drop_index("ix_event_tags", table_name="event", postgresql_using="gin")
    op.drop_index("ix_event_feed_number", table_name="event")
    op.drop_column("event", "feed_number")
    op.drop_column("event", "digest")
    op.drop_column("event", "ical_zones")
    op.drop_column("event", "ical")
    op.drop_column("event", "origin")
    op.drop_column("event", "deleted_at")
    op.drop_column("event", "published_at")
    op.drop_column("event", "is_draft")
    op.drop_column("event", "tags")
    op.drop_column("event", "contact")
    op.drop_column("event", "registration_url")
    op.drop_column("event", "capacity")
    op.drop_column("event", "accessibility")
    op.drop_column("event", "language")
    op.drop_column("event", "price_amount")
    op.drop_column("event", "price_kind")
    op.drop_column("event", "audience")
    op.drop_column("event", "online_access")
    op.drop_column("event", "online_url")
    op.drop_column("event", "venue_longitude")
    op.drop_column("event", "venue_latitude")
    op.drop_column("event", "venue_text")
    op.drop_column("event", "venue_id")
    op.drop_column("event", "split_from_id")
    op.drop_column("event", "exdates")
    op.drop_column("event", "rdates")
    op.drop_column("event", "rrule")
    op.drop_index("ix_event_date_starts_local", table_name="event_date")
    op.drop_index("ix_event_date_ends_at", table_name="event_date")
    op.drop_table("event_date")
    op.drop_index("ix_event_version_event_id", table_name="event_version")
    op.drop_table("event_version")
    op.drop_index("ix_event_partner_place_id", table_name="event_partner")
    op.drop_table("event_partner")
    op.drop_table("event_change")
    op.drop_index("ix_feed_tombstone_place_id", table_name="feed_tombstone")
    op.drop_table("feed_tombstone")
    op.drop_index("ix_feed_chunk_number", table_name="feed_chunk")
    op.drop_table("feed_chunk")
    op.execute(sa.schema.DropSequence(sa.Sequence("feed_number")))
