"""Events. The wall time and the zone of the place are the truth; the instants are computed from them for sorting."""

from datetime import datetime

from sqlalchemy import CheckConstraint, DateTime, ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.events.rules import Category, EventStatus
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.places.models import Place


class Event(Base):
    """Something that happens in a place. An all-day one goes from the midnight of its first day to that of its last."""

    __tablename__ = "event"
    __table_args__ = (
        Index("ix_event_place_id_starts_at", "place_id", "starts_at"),
        Index("ix_event_starts_at", "starts_at", "id"),
        CheckConstraint("ends_local >= starts_local", name="ends_after_start"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    uid: Mapped[str] = mapped_column(unique=True)
    slug: Mapped[str] = mapped_column(unique=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    title: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    category: Mapped[Category] = mapped_column(text_enum(Category))

    starts_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    ends_local: Mapped[datetime] = mapped_column(DateTime(timezone=False))
    timezone: Mapped[str]
    is_all_day: Mapped[bool] = mapped_column(default=False)
    starts_at: Mapped[datetime]
    ends_at: Mapped[datetime]

    status: Mapped[EventStatus] = mapped_column(text_enum(EventStatus), default=EventStatus.CONFIRMED)
    cancel_reason: Mapped[str] = mapped_column(default="")
    sequence: Mapped[int] = mapped_column(default=0)
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __mapper_args__ = {"version_id_col": version}

    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    created_by: Mapped[Account | None] = relationship(lazy="raise_on_sql")
