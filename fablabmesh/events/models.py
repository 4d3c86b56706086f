"""Events. The wall time and the zone of the place are the truth; the instants are computed from them for sorting.

Beside what people wrote stands what is made of it at each write, by `fablabmesh.publication`: the dates one by one, the
text that calendars read, and the texts of a place in one piece. To read them costs no rendering and no clock.
"""

from datetime import datetime
from decimal import Decimal
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    ColumnElement,
    DateTime,
    ForeignKey,
    Index,
    LargeBinary,
    Numeric,
    Sequence,
    Text,
    UniqueConstraint,
    func,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.ext.hybrid import hybrid_property
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.events.rules import EventStatus, OnlineAccess, PriceKind
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.kit.geo import point_type
from fablabmesh.kit.i18n import language
from fablabmesh.places.models import Place
from fablabmesh.zones.moderation import HIDDEN, ModerationState

Wall = DateTime(timezone=False)

# In the order of commits: whoever takes a number holds the lock of publication until its transaction ends.
feed_numbers = Sequence("feed_number", metadata=Base.metadata)


class Category(Base):
    """What kind of meeting an event is: a word of a vocabulary that administrators keep.

    `slug` stands in addresses and in the API, for ever; a retired one is no longer offered, and still tells of events.
    """

    __tablename__ = "category"

    slug: Mapped[str] = mapped_column(primary_key=True)
    name_fr: Mapped[str]
    name_en: Mapped[str]
    position: Mapped[int]
    is_retired: Mapped[bool] = mapped_column(default=False, server_default="false")

    @property
    def label(self) -> str:
        return self.name_en if language() == "en" else self.name_fr


class Event(Base):
    """Something that happens in a place, once or again and again.

    An all-day one goes from the midnight of its first day to that of its last. `starts_local` and `ends_local` are of
    the first date; `rrule` is an RRULE value of RFC 5545 §3.3.10 without its name, `rdates` and `exdates` wall times.
    """

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_place_id_starts_at", "place_id", "starts_at"),
        Index("ix_event_starts_at", "starts_at", "id"),
        Index("ix_event_feed_number", "feed_number"),
        Index("ix_event_category_slug", "category_slug"),
        Index("ix_event_folded_tags", "folded_tags", postgresql_using="gin"),
        Index(
            "ix_event_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("ix_event_location", "location", postgresql_using="gist"),
        CheckConstraint("ends_local >= starts_local", name="ends_after_start"),
        CheckConstraint("capacity > 0", name="capacity_is_positive"),
        CheckConstraint("price_amount >= 0", name="price_is_not_negative"),
        CheckConstraint("image_digest IS NULL OR image_text <> ''", name="image_has_text"),
        Index("ix_event_image_digest", "image_digest"),
        CheckConstraint("school_holidays ~ '^([ABC]:[0-9]{4}(-[0-9]{2}){2})?$'", name="school_holidays_are_of_a_zone"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    category_slug: Mapped[str] = mapped_column(ForeignKey("category.slug"))

    starts_local: Mapped[datetime] = mapped_column(Wall)
    ends_local: Mapped[datetime] = mapped_column(Wall)
    timezone: Mapped[str]
    is_all_day: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    rrule: Mapped[str] = mapped_column(default="", server_default="")
    rdates: Mapped[list[datetime]] = mapped_column(ARRAY(Wall), default=list, server_default="{}")
    exdates: Mapped[list[datetime]] = mapped_column(ARRAY(Wall), default=list, server_default="{}")
    # The zone in whose school holidays the series does not happen, and the day to which its EXDATEs know of them.
    school_holidays: Mapped[str] = mapped_column(default="", server_default="")
    # The series whose later dates this one took over.
    split_from_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"))

    # Where, when it is not in the organising place itself.
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("place.id", ondelete="SET NULL"))
    venue_text: Mapped[str] = mapped_column(default="", server_default="")
    venue_latitude: Mapped[float | None]
    venue_longitude: Mapped[float | None]
    online_url: Mapped[str] = mapped_column(default="", server_default="")
    online_access: Mapped[OnlineAccess] = mapped_column(
        text_enum(OnlineAccess), default=OnlineAccess.NONE, server_default=OnlineAccess.NONE.value
    )

    audience: Mapped[str] = mapped_column(default="", server_default="")
    price_kind: Mapped[PriceKind] = mapped_column(
        text_enum(PriceKind), default=PriceKind.UNSAID, server_default=PriceKind.UNSAID.value
    )
    price_amount: Mapped[Decimal | None] = mapped_column(Numeric(8, 2))
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    accessibility: Mapped[str] = mapped_column(default="", server_default="")
    capacity: Mapped[int | None]
    registration_url: Mapped[str] = mapped_column(default="", server_default="")
    contact: Mapped[str] = mapped_column(default="", server_default="")
    tags: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    image_digest: Mapped[str | None] = mapped_column(ForeignKey("image.digest"))
    # What the image shows, for those who do not see it.
    image_text: Mapped[str] = mapped_column(default="", server_default="")

    moderation: Mapped[ModerationState] = mapped_column(
        text_enum(ModerationState), default=ModerationState.PUBLISHED, server_default=ModerationState.PUBLISHED.value
    )
    # Why the zone took it out of publication, for its team: empty otherwise. Until the zone publishes it, it waits.
    zone_reason: Mapped[str] = mapped_column(default="", server_default="")
    # When it was first shown to everybody.
    published_at: Mapped[datetime | None]
    deleted_at: Mapped[datetime | None]
    origin: Mapped[str] = mapped_column(default="", server_default="")
    status: Mapped[EventStatus] = mapped_column(text_enum(EventStatus), default=EventStatus.CONFIRMED)
    cancel_reason: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    # What calendars read: the VEVENTs of the event, one text; empty while there is nothing to show them.
    ical: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    ical_zones: Mapped[list[str]] = mapped_column(default=list, server_default="{}", deferred=True)
    digest: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    feed_number: Mapped[int] = mapped_column(BigInteger, default=0, server_default="0", deferred=True)

    # Where its series is held: the lab or the point of its venue, else its place; none where that is not known.
    location: Mapped[WKBElement | None] = mapped_column(point_type(), deferred=True)

    # What free text is looked for in, folded by kit.text as the words asked for are. Never empty once it is settled.
    search_text: Mapped[str] = mapped_column(default="", server_default="", deferred=True)

    # The tags one by one, folded alike.
    folded_tags: Mapped[list[str]] = mapped_column(ARRAY(Text), default=list, server_default="{}", deferred=True)

    __mapper_args__ = {"version_id_col": version}

    place: Mapped[Place] = relationship(lazy="raise_on_sql", foreign_keys=[place_id])
    # A handful of rows, told wherever an event is.
    category: Mapped[Category] = relationship(lazy="joined", innerjoin=True)
    venue: Mapped[Place | None] = relationship(lazy="raise_on_sql", foreign_keys=[venue_id])
    created_by: Mapped[Account | None] = relationship(lazy="raise_on_sql")
    image: Mapped["Image | None"] = relationship(lazy="raise_on_sql")
    changes: Mapped[list["EventChange"]] = relationship(
        back_populates="event",
        lazy="raise_on_sql",
        order_by="EventChange.recurrence_local",
        cascade="all, delete-orphan",
    )
    partners: Mapped[list[Place]] = relationship(
        secondary="event_partner", lazy="raise_on_sql", order_by="Place.name, Place.id"
    )

    @property
    def is_recurring(self) -> bool:
        return bool(self.rrule or self.rdates)

    @hybrid_property
    def is_draft(self) -> bool:
        """Is it not shown to everybody: not finished, waiting for the zone's word, or refused?"""
        return self.moderation in HIDDEN

    @is_draft.inplace.setter
    def _set_draft(self, is_draft: bool) -> None:
        self.moderation = ModerationState.DRAFT if is_draft else ModerationState.PUBLISHED

    @is_draft.inplace.expression
    @classmethod
    def _is_draft(cls) -> ColumnElement[bool]:
        return cls.moderation.in_(HIDDEN)


class Image(Base):
    """A picture, named by its content, so that its address never shows another: see `kit.images`.

    It is in the database, so that a copy of the database is a copy of everything.
    """

    __tablename__ = "image"

    digest: Mapped[str] = mapped_column(primary_key=True)
    content: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    width: Mapped[int]
    height: Mapped[int]
    small: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    small_width: Mapped[int]
    small_height: Mapped[int]
    created_at: Mapped[datetime]


class EventPartner(Base):
    """A place that organises an event together with the one that publishes it."""

    __tablename__ = "event_partner"
    __table_args__ = (Index("ix_event_partner_place_id", "place_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)


class EventChange(Base):
    """One date of a series that differs from the others: moved, called off, held elsewhere (RFC 5545 §3.8.4.4).

    `recurrence_local` is the wall time the series gives it. An empty title, description or venue is the series'.
    """

    __tablename__ = "event_change"
    __table_args__ = (
        UniqueConstraint("event_id", "recurrence_local"),
        CheckConstraint("ends_local >= starts_local", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    recurrence_local: Mapped[datetime] = mapped_column(Wall)
    starts_local: Mapped[datetime] = mapped_column(Wall)
    ends_local: Mapped[datetime] = mapped_column(Wall)
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    cancel_reason: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    venue_id: Mapped[int | None] = mapped_column(ForeignKey("place.id", ondelete="SET NULL"))
    venue_text: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    event: Mapped[Event] = relationship(back_populates="changes", lazy="raise_on_sql")
    venue: Mapped[Place | None] = relationship(lazy="raise_on_sql")


class EventDate(Base):
    """One date on which an event happens, for the pages of the agenda. Made from the event, up to a horizon."""

    __tablename__ = "event_date"
    __table_args__ = (
        Index("ix_event_date_starts_local", "starts_local", "event_id"),
        Index("ix_event_date_ends_at", "ends_at"),
    )

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    recurrence_local: Mapped[datetime] = mapped_column(Wall, primary_key=True)
    starts_local: Mapped[datetime] = mapped_column(Wall)
    ends_local: Mapped[datetime] = mapped_column(Wall)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]
    is_cancelled: Mapped[bool] = mapped_column(default=False)
    change_id: Mapped[int | None] = mapped_column(ForeignKey("event_change.id", ondelete="SET NULL"))

    event: Mapped[Event] = relationship(lazy="raise_on_sql")
    change: Mapped[EventChange | None] = relationship(lazy="raise_on_sql")

    # A list of dates asks each what it would ask an event.
    @property
    def title(self) -> str:
        return (self.change.title if self.change else "") or self.event.title

    @property
    def status(self) -> EventStatus:
        return EventStatus.CANCELLED if self.is_cancelled else EventStatus.CONFIRMED

    @property
    def slug(self) -> str:
        return self.event.slug

    @property
    def place(self) -> Place:
        return self.event.place

    @property
    def category(self) -> Category:
        return self.event.category

    @property
    def timezone(self) -> str:
        return self.event.timezone

    @property
    def is_all_day(self) -> bool:
        return self.event.is_all_day

    @property
    def is_moved(self) -> bool:
        """Is it not when the series says?"""
        return self.starts_local != self.recurrence_local


class EventVersion(Base):
    """What an event was after one write, who wrote and when. `changed`: by column, the text before and after."""

    __tablename__ = "event_version"
    __table_args__ = (Index("ix_event_version_event_id", "event_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    deed: Mapped[str]
    changed: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    by: Mapped[Account | None] = relationship(lazy="raise_on_sql")


class FeedChunk(Base):
    """The calendar texts of a place in one piece, in the order of the events' ids, as it is and ready to be spliced.

    `deflated`, `crc32` and `length`: see `kit.splice`. `number`: that of the publication that wrote it.
    """

    __tablename__ = "feed_chunk"
    __table_args__ = (Index("ix_feed_chunk_number", "number"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    raw: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    deflated: Mapped[bytes] = mapped_column(LargeBinary, deferred=True)
    crc32: Mapped[int] = mapped_column(BigInteger)
    length: Mapped[int]
    zones: Mapped[list[str]]
    digest: Mapped[str]
    number: Mapped[int] = mapped_column(BigInteger)
    changed_at: Mapped[datetime]


class FeedTombstone(Base):
    """An event that left the calendar of a place: moved away, made a draft again, past its time."""

    __tablename__ = "feed_tombstone"
    __table_args__ = (
        Index("ix_feed_tombstone_place_id", "place_id", "number"),
        Index("ix_feed_tombstone_left_at", "left_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str]
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    number: Mapped[int] = mapped_column(BigInteger)
    left_at: Mapped[datetime] = mapped_column(server_default=func.now())


class FeedForgotten(Base):
    """The number up to which it is no longer known what left the calendar of a place."""

    __tablename__ = "feed_forgotten"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)
