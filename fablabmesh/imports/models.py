"""Calendars that labs keep elsewhere and have followed here, what waits to be imported, and which event came so."""

from datetime import datetime
from typing import Any

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.events.models import Event
from fablabmesh.imports.rules import ImportState
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.places.models import Place


class CalendarSource(Base):
    """A calendar elsewhere whose events are kept in step here.

    `digest`: of the events it said when it was followed last. Held: it would have taken away too much, which
    `held_digest` names; its lab accepts by `accepted_digest`.
    """

    __tablename__ = "calendar_source"
    __table_args__ = (
        UniqueConstraint("place_id", "url"),
        Index("ix_calendar_source_next_fetch_at", "next_fetch_at", postgresql_where=text("NOT is_paused")),
        CheckConstraint("every_minutes >= 15", name="is_not_asked_all_the_time"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    url: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    category_slug: Mapped[str] = mapped_column(ForeignKey("category.slug"))
    language: Mapped[str] = mapped_column(default="fr")
    every_minutes: Mapped[int]
    ignored_uids: Mapped[list[str]] = mapped_column(default=list)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]

    is_paused: Mapped[bool] = mapped_column(default=False)
    next_fetch_at: Mapped[datetime]
    fetched_at: Mapped[datetime | None]
    read_at: Mapped[datetime | None]
    etag: Mapped[str] = mapped_column(default="")
    modified: Mapped[str] = mapped_column(default="")
    digest: Mapped[str] = mapped_column(default="")
    failures: Mapped[int] = mapped_column(default=0)
    failing_since: Mapped[datetime | None]
    failure: Mapped[str] = mapped_column(default="")
    held_since: Mapped[datetime | None]
    held_digest: Mapped[str] = mapped_column(default="")
    held_titles: Mapped[list[str]] = mapped_column(default=list)
    accepted_digest: Mapped[str] = mapped_column(default="")
    # When its lab was written to about the trouble it is in.
    told_at: Mapped[datetime | None]
    # What the last reading said: {"counts": {…}, "problems": […]}.
    report: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    place: Mapped[Place] = relationship(lazy="raise_on_sql")


class ImportedEvent(Base):
    """An event that came from elsewhere: what was last said of it there, so that only what changes there changes here.

    `source`: the followed calendar that it belongs to; none for a file. `missing_since`: it is there no more, and was
    cancelled here for that.
    """

    __tablename__ = "imported_event"
    __table_args__ = (Index("ix_imported_event_source_id", "source_id"),)

    event_id: Mapped[int] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"), primary_key=True)
    source_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_source.id", ondelete="SET NULL"))
    sequence: Mapped[int]
    modified: Mapped[datetime | None]
    digest: Mapped[str]
    told: Mapped[dict[str, Any]] = mapped_column(JSONB)
    seen_at: Mapped[datetime]
    missing_since: Mapped[datetime | None]

    event: Mapped[Event] = relationship(lazy="raise_on_sql")


class CalendarImport(Base):
    """A file, or an address, that somebody wants imported: read by the worker, chosen from by a person, written.

    `content` is forgotten once it is read, `reading` (see `imports.reading`) once it is written. `chosen`: the numbers
    of the events in the reading, and after how many minutes the address is to be read again, if it is.
    """

    __tablename__ = "calendar_import"
    __table_args__ = (
        Index("ix_calendar_import_place_id", "place_id", "id"),
        Index(
            "ix_calendar_import_state",
            "state",
            "id",
            postgresql_where=text("state NOT IN ('ready', 'done', 'failed')"),
        ),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime]
    state: Mapped[ImportState] = mapped_column(text_enum(ImportState), default=ImportState.WAITING)
    taken_at: Mapped[datetime | None]
    attempts: Mapped[int] = mapped_column(default=0)
    file_name: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")
    content: Mapped[bytes | None] = mapped_column(LargeBinary, deferred=True)
    tongue: Mapped[str] = mapped_column(default="fr")
    category_slug: Mapped[str] = mapped_column(ForeignKey("category.slug"))
    language: Mapped[str] = mapped_column(default="fr")
    name: Mapped[str] = mapped_column(default="")
    reading: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True), deferred=True)
    chosen: Mapped[dict[str, Any] | None] = mapped_column(JSONB(none_as_null=True))
    counts: Mapped[dict[str, int]] = mapped_column(JSONB, default=dict)
    failure: Mapped[str] = mapped_column(default="")
    source_id: Mapped[int | None] = mapped_column(ForeignKey("calendar_source.id", ondelete="SET NULL"))
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    by: Mapped[Account | None] = relationship(lazy="raise_on_sql")

    @property
    def origin(self) -> str:
        """The file's name, or the address."""
        return self.url or self.file_name
