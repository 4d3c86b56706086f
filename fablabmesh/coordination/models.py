"""What a pole says of itself, its contacts and its news. Invented people write an invented page beside the real one."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, ForeignKeyConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.coordination.rules import Contact
from fablabmesh.events.models import Event
from fablabmesh.kit.db import Base
from fablabmesh.places.models import Place
from fablabmesh.zones.models import Zone


class PolePage(Base):
    """Who the pole of a zone is and what the zone looks for, in Markdown, with whom to ask."""

    __tablename__ = "pole_page"

    zone_id: Mapped[int] = mapped_column(ForeignKey("zone.id", ondelete="CASCADE"), primary_key=True)
    is_demo: Mapped[bool] = mapped_column(primary_key=True)
    presentation: Mapped[str] = mapped_column(default="")
    seeks: Mapped[str] = mapped_column(default="")
    changed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    changed_at: Mapped[datetime]

    contacts: Mapped[list["PoleContact"]] = relationship(
        lazy="raise_on_sql", order_by="PoleContact.position", cascade="all, delete-orphan", passive_deletes=True
    )

    __mapper_args__ = {"version_id_col": version}


class PoleContact(Base):
    """A public contact. The name is there only with its bearer's consent, and since when."""

    __tablename__ = "pole_contact"
    __table_args__ = (
        ForeignKeyConstraint(
            ["zone_id", "is_demo"],
            ["pole_page.zone_id", "pole_page.is_demo"],
            name="fk_pole_contact_page",
            ondelete="CASCADE",
        ),
        Index("ix_pole_contact_page", "zone_id", "is_demo", "position"),
        CheckConstraint("name = '' OR consented_on IS NOT NULL", name="named_by_consent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int]
    is_demo: Mapped[bool]
    position: Mapped[int]
    role: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    consented_on: Mapped[date | None]
    text: Mapped[str] = mapped_column(default="")
    email: Mapped[str] = mapped_column(default="")
    phone: Mapped[str] = mapped_column(default="")
    url: Mapped[str] = mapped_column(default="")

    @property
    def told(self) -> Contact:
        """The same without its row."""
        return Contact(self.role, self.name, self.consented_on, self.text, self.email, self.phone, self.url)


class PoleNews(Base):
    """Something that a pole tells. `published_at`: when it was published first, kept when it is taken back;
    `told_at`: when it was sent to the teams of the zone.
    """

    __tablename__ = "pole_news"
    __table_args__ = (
        UniqueConstraint("zone_id", "slug", name="uq_pole_news_zone_id_slug"),
        Index("ix_pole_news_zone_id", "zone_id", "is_published", "on_date"),
        Index("ix_pole_news_event_id", "event_id"),
        Index("ix_pole_news_place_id", "place_id"),
        CheckConstraint("NOT is_published OR published_at IS NOT NULL", name="published_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zone.id", ondelete="CASCADE"))
    is_demo: Mapped[bool]
    slug: Mapped[str]
    title: Mapped[str]
    text: Mapped[str]
    on_date: Mapped[date]
    url: Mapped[str] = mapped_column(default="")
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="SET NULL"))
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id", ondelete="SET NULL"))
    is_published: Mapped[bool] = mapped_column(default=False)
    published_at: Mapped[datetime | None]
    told_at: Mapped[datetime | None]
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime]
    changed_at: Mapped[datetime]

    zone: Mapped[Zone] = relationship(lazy="raise_on_sql")
    event: Mapped[Event | None] = relationship(lazy="raise_on_sql")
    place: Mapped[Place | None] = relationship(lazy="raise_on_sql")

    __mapper_args__ = {"version_id_col": version}


class PoleRequest(Base):
    """That somebody wrote to a pole from a network, unreadable: counted, and soon forgotten."""

    __tablename__ = "pole_request"
    __table_args__ = (Index("ix_pole_request_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
