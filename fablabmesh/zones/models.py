"""Departments and communes (the gazetteer), programmes, and the zones a programme makes of departments."""

from datetime import datetime

from geoalchemy2 import WKBElement
from sqlalchemy import ForeignKey, ForeignKeyConstraint, Index, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.kit.geo import polygon_type
from fablabmesh.zones.moderation import Thing, Whose
from fablabmesh.zones.rules import Standing


class Department(Base):
    """One of the 101 departments, with its region as it was before 2016 (INSEE COG)."""

    __tablename__ = "department"
    __table_args__ = (Index("ix_department_geom", "geom", postgresql_using="gist"),)

    code: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    region_code: Mapped[str]
    region_name: Mapped[str]
    geom: Mapped[WKBElement] = mapped_column(polygon_type(), deferred=True)


class Commune(Base):
    """A commune: where its town hall stands, its postcodes, how many people live there."""

    __tablename__ = "commune"
    __table_args__ = (
        Index("ix_commune_folded_name", "folded_name", postgresql_ops={"folded_name": "text_pattern_ops"}),
        Index("ix_commune_postcodes", "postcodes", postgresql_using="gin"),
        Index("ix_commune_department_code", "department_code"),
    )

    insee: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str]
    folded_name: Mapped[str]
    postcodes: Mapped[list[str]]
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"))
    latitude: Mapped[float]
    longitude: Mapped[float]
    population: Mapped[int | None]


class Programme(Base):
    """A public programme that divides the country: `fablab` (Fab Labs) or `epn` (public digital spaces)."""

    __tablename__ = "programme"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    position: Mapped[int]

    zones: Mapped[list["Zone"]] = relationship(
        back_populates="programme", lazy="raise_on_sql", order_by="Zone.position"
    )


class Zone(Base):
    """An interregional zone. Its polygon is the union of its departments, kept by zones.actions alone."""

    __tablename__ = "zone"
    __table_args__ = (
        UniqueConstraint("programme_id", "slug"),
        UniqueConstraint("id", "programme_id", name="uq_zone_id_programme_id"),
        Index("ix_zone_geom", "geom", postgresql_using="gist"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    programme_id: Mapped[int] = mapped_column(ForeignKey("programme.id"))
    slug: Mapped[str]
    name: Mapped[str]
    colour: Mapped[str]
    position: Mapped[int]
    is_overseas: Mapped[bool] = mapped_column(default=False)
    geom: Mapped[WKBElement | None] = mapped_column(polygon_type(), deferred=True)

    programme: Mapped[Programme] = relationship(back_populates="zones", lazy="joined", innerjoin=True)
    parts: Mapped[list["ZoneDepartment"]] = relationship(
        lazy="raise_on_sql", order_by="ZoneDepartment.department_code", viewonly=True
    )


class ZoneDepartment(Base):
    """A department's zone within a programme: one at most, with how we know."""

    __tablename__ = "zone_department"
    __table_args__ = (
        ForeignKeyConstraint(
            ["zone_id", "programme_id"], ["zone.id", "zone.programme_id"], name="fk_zone_department_zone_id"
        ),
        Index("ix_zone_department_zone_id", "zone_id"),
    )

    programme_id: Mapped[int] = mapped_column(primary_key=True)
    department_code: Mapped[str] = mapped_column(ForeignKey("department.code"), primary_key=True)
    zone_id: Mapped[int]
    standing: Mapped[Standing] = mapped_column(text_enum(Standing))
    reason: Mapped[str] = mapped_column(default="")

    zone: Mapped[Zone] = relationship(lazy="raise_on_sql", viewonly=True)
    department: Mapped[Department] = relationship(lazy="raise_on_sql")


class ZoneCoordinator(Base):
    """A person coordinates a zone: moderates what happens there and speaks for its pole.

    Triggers keep `account.department_codes` of these rows and of the zones' departments, so that whether somebody
    coordinates a place is told by the two rows at hand.
    """

    __tablename__ = "zone_coordinator"
    __table_args__ = (Index("ix_zone_coordinator_account_id", "account_id"),)

    zone_id: Mapped[int] = mapped_column(ForeignKey("zone.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    granted_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    granted_at: Mapped[datetime]

    zone: Mapped[Zone] = relationship(lazy="raise_on_sql")
    account: Mapped[Account] = relationship(lazy="raise_on_sql", foreign_keys=[account_id])


class ZoneRule(Base):
    """What a zone says of one kind of thing, by whose it is: published at once, or waiting for its coordinators.

    Without a row, `zones.moderation.DEFAULTS` holds. `is_demo`: invented people rule what is invented, no more.
    """

    __tablename__ = "zone_rule"

    zone_id: Mapped[int] = mapped_column(ForeignKey("zone.id", ondelete="CASCADE"), primary_key=True)
    thing: Mapped[Thing] = mapped_column(text_enum(Thing), primary_key=True)
    whose: Mapped[Whose] = mapped_column(text_enum(Whose), primary_key=True)
    is_demo: Mapped[bool] = mapped_column(primary_key=True)
    is_trusted: Mapped[bool]
    set_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    set_at: Mapped[datetime]
