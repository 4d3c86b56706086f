"""Places (labs, public digital spaces, poles), what is known of them and who looks after them; calls and laureates."""

from datetime import date, datetime
from typing import Any

from geoalchemy2 import WKBElement
from sqlalchemy import BigInteger, CheckConstraint, Computed, ForeignKey, Index, UniqueConstraint, func, text
from sqlalchemy.dialects.postgresql import JSONB, TSVECTOR
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.kit.geo import POINT_FROM_COLUMNS, point_type
from fablabmesh.places.rules import Confidence, FactSubject, ManagerRole, PlaceKind, Precision, Training
from fablabmesh.terms.models import Term
from fablabmesh.zones.models import Department, Zone
from fablabmesh.zones.moderation import ModerationState
from fablabmesh.zones.rules import FoundBy, Standing

WEB_KEY = "regexp_replace(regexp_replace(lower(website), '^https?://(www[.])?', ''), '[/?#]*$', '')"


class Place(Base):
    """A place people can go to. Its department is kept with the way it was found; its zones follow from it."""

    __tablename__ = "place"
    __table_args__ = (
        Index("ix_place_location", "location", postgresql_using="gist"),
        Index("ix_place_department_code", "department_code"),
        Index("ix_place_kind_folded_name", "kind", "folded_name"),
        Index("ix_place_folded_name", "folded_name", postgresql_ops={"folded_name": "text_pattern_ops"}),
        Index("ix_place_name_text", "name_text", postgresql_using="gin", postgresql_ops={"name_text": "gin_trgm_ops"}),
        Index(
            "ix_place_search_text",
            "search_text",
            postgresql_using="gin",
            postgresql_ops={"search_text": "gin_trgm_ops"},
        ),
        Index("ix_place_described", "described", postgresql_using="gin"),
        Index("ix_place_insee", "insee"),
        Index("ix_place_web_key", "web_key", postgresql_where=text("web_key <> ''")),
        Index("uq_place_source", "source", "source_id", unique=True, postgresql_where=text("source_id IS NOT NULL")),
        CheckConstraint("(latitude IS NULL) = (longitude IS NULL)", name="point_is_whole"),
        CheckConstraint("latitude BETWEEN -90 AND 90 AND longitude BETWEEN -180 AND 180", name="point_is_on_earth"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    folded_name: Mapped[str]
    # What typed words are looked for in, folded, each word after a space: name, commune and postcode; the same with the
    # words of its machines, services, labels and former addresses. Kept by a trigger, whoever writes what they tell.
    name_text: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    search_text: Mapped[str] = mapped_column(default="", server_default="", deferred=True)
    kind: Mapped[PlaceKind] = mapped_column(text_enum(PlaceKind))
    # One or two sentences for lists; the description is Markdown.
    summary: Mapped[str] = mapped_column(default="", server_default="")
    description: Mapped[str] = mapped_column(default="")
    # The stems of summary and description, with accents and without.
    described: Mapped[str] = mapped_column(
        TSVECTOR,
        Computed(
            "to_tsvector('french', summary || ' ' || description)"
            " || to_tsvector('french', fold(summary || ' ' || description))",
            persisted=True,
        ),
        deferred=True,
    )

    address: Mapped[str] = mapped_column(default="")
    address_extra: Mapped[str] = mapped_column(default="")
    postcode: Mapped[str] = mapped_column(default="")
    commune: Mapped[str] = mapped_column(default="")
    insee: Mapped[str | None]
    latitude: Mapped[float | None]
    longitude: Mapped[float | None]
    location: Mapped[WKBElement | None] = mapped_column(
        point_type(), Computed(POINT_FROM_COLUMNS, persisted=True), deferred=True
    )
    precision: Mapped[Precision] = mapped_column(text_enum(Precision), default=Precision.UNKNOWN)
    department_code: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    department_found_by: Mapped[FoundBy] = mapped_column(text_enum(FoundBy), default=FoundBy.NOTHING)
    department_distance_m: Mapped[int | None]

    phone: Mapped[str] = mapped_column(default="")
    website: Mapped[str] = mapped_column(default="")
    # The site without its scheme and its end: two places that give the same one may be one place.
    web_key: Mapped[str] = mapped_column(Computed(WEB_KEY, persisted=True), deferred=True)
    opening_hours: Mapped[str] = mapped_column(default="")
    how_to_come: Mapped[str] = mapped_column(default="", server_default="")
    appointment_url: Mapped[str] = mapped_column(default="", server_default="")
    accessibility_url: Mapped[str] = mapped_column(default="", server_default="")
    # Codes of terms, in the vocabularies' order: see `fablabmesh.terms`.
    services: Mapped[list[str]] = mapped_column(default=list)
    audiences: Mapped[list[str]] = mapped_column(default=list)
    accessibility: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    fees: Mapped[list[str]] = mapped_column(default=list)
    support: Mapped[list[str]] = mapped_column(default=list)
    labels: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    # Of its machines, the types and what is broader, each once: kept by the actions that write machines.
    machine_types: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    closed_on: Mapped[date | None]
    # What is not published is in no list, on no map and in no count; an archived place keeps its page, which says so.
    moderation: Mapped[ModerationState] = mapped_column(
        text_enum(ModerationState), default=ModerationState.PUBLISHED, server_default=ModerationState.PUBLISHED.value
    )
    zone_reason: Mapped[str] = mapped_column(default="", server_default="")  # see events.models

    source: Mapped[str] = mapped_column(default="")
    source_id: Mapped[str | None]
    source_licence: Mapped[str] = mapped_column(default="")
    source_updated_on: Mapped[date | None]
    # Columns that a person wrote here: an importer leaves them as they are.
    edited_fields: Mapped[list[str]] = mapped_column(default=list)
    # When somebody who knows last said that the page is right.
    confirmed_at: Mapped[datetime | None]
    is_demo: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __mapper_args__ = {"version_id_col": version}

    department: Mapped[Department | None] = relationship(lazy="raise_on_sql")
    facts: Mapped[list["PlaceFact"]] = relationship(
        lazy="raise_on_sql", order_by="PlaceFact.position", cascade="all, delete-orphan"
    )
    laureates: Mapped[list["Laureate"]] = relationship(
        back_populates="place", lazy="raise_on_sql", order_by="Laureate.call_id", cascade="all, delete-orphan"
    )
    pole_roles: Mapped[list["PoleRole"]] = relationship(
        back_populates="place", lazy="raise_on_sql", order_by="PoleRole.zone_id", cascade="all, delete-orphan"
    )
    managers: Mapped[list["PlaceManager"]] = relationship(
        back_populates="place",
        lazy="raise_on_sql",
        order_by="PlaceManager.account_id",
        cascade="all, delete-orphan",
    )

    machines: Mapped[list["Machine"]] = relationship(
        lazy="raise_on_sql", order_by="Machine.position", cascade="all, delete-orphan"
    )
    people: Mapped[list["PlacePerson"]] = relationship(
        lazy="raise_on_sql", order_by="PlacePerson.position", cascade="all, delete-orphan"
    )
    pictures: Mapped[list["PlacePicture"]] = relationship(
        lazy="raise_on_sql", order_by="PlacePicture.position", cascade="all, delete-orphan"
    )

    @property
    def manager_ids(self) -> set[int]:
        """Ids of the people who look after the place; `managers` must have been loaded."""
        return {manager.account_id for manager in self.managers}

    def role_of(self, account_id: int) -> ManagerRole | None:
        """What somebody does for the place; `managers` must have been loaded."""
        return next((manager.role for manager in self.managers if manager.account_id == account_id), None)


class PlaceFeature(Base):
    """A place as a feature of GeoJSON, without its end: its address and its calls are added when it is read.

    Kept by a trigger; for places that were loaded with triggers off, `feature_of(place)` says the same.
    """

    __tablename__ = "place_feature"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    feature: Mapped[str]


class PlaceFact(Base):
    """One statement about a place with its source and how far it may be trusted."""

    __tablename__ = "place_fact"
    __table_args__ = (UniqueConstraint("place_id", "position"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    position: Mapped[int]
    subject: Mapped[FactSubject] = mapped_column(text_enum(FactSubject))
    statement: Mapped[str]
    source: Mapped[str] = mapped_column(default="")
    confidence: Mapped[Confidence | None] = mapped_column(text_enum(Confidence))


class Machine(Base):
    """A machine, or several alike, that people may use there. Sizes and prices are told in words."""

    __tablename__ = "machine"
    __table_args__ = (
        Index("ix_machine_place_id", "place_id", "position"),
        Index("ix_machine_type_id", "type_id"),
        CheckConstraint("quantity > 0", name="there_is_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    position: Mapped[int]
    type_id: Mapped[int] = mapped_column(ForeignKey("term.id"))
    # Brand and model, or what the lab calls it.
    model: Mapped[str] = mapped_column(default="")
    quantity: Mapped[int] = mapped_column(default=1)
    size: Mapped[str] = mapped_column(default="")
    materials: Mapped[list[str]] = mapped_column(default=list)
    training: Mapped[Training] = mapped_column(text_enum(Training), default=Training.UNKNOWN)
    price: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    is_working: Mapped[bool] = mapped_column(default=True)

    type: Mapped[Term] = relationship(lazy="raise_on_sql")


class PlacePerson(Base):
    """A public role held at a place. The name is there only with its bearer's consent, and since when."""

    __tablename__ = "place_person"
    __table_args__ = (
        Index("ix_place_person_place_id", "place_id", "position"),
        CheckConstraint("name = '' OR consented_on IS NOT NULL", name="named_by_consent"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    position: Mapped[int]
    role: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    consented_on: Mapped[date | None]


class PlacePicture(Base):
    """A photograph of a place; the picture itself is a row of `image`."""

    __tablename__ = "place_picture"
    __table_args__ = (
        Index("ix_place_picture_place_id", "place_id", "position"),
        Index("ix_place_picture_image_digest", "image_digest"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    image_digest: Mapped[str] = mapped_column(ForeignKey("image.digest"))
    position: Mapped[int]
    # What it shows, for who does not see it.
    text: Mapped[str] = mapped_column(default="")
    credit: Mapped[str] = mapped_column(default="")


class PlaceOpening(Base):
    """One time that a place is open, in instants, for the weeks to come: what its opening hours say, counted out."""

    __tablename__ = "place_opening"
    __table_args__ = (Index("ix_place_opening_opens_at", "opens_at", "closes_at", "place_id"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    opens_at: Mapped[datetime] = mapped_column(primary_key=True)
    closes_at: Mapped[datetime]


class PlaceHorizon(Base):
    """How far the openings of a place are counted out; there too where its hours cannot be read."""

    __tablename__ = "place_horizon"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    counted_to: Mapped[datetime]


class PlaceAlias(Base):
    """An address that a place had, or that of one that was merged into it: it leads there for ever."""

    __tablename__ = "place_alias"
    __table_args__ = (Index("ix_place_alias_place_id", "place_id"),)

    slug: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))


class PlaceSourceAlias(Base):
    """The identity, in its source, of a place that was merged into another: an importer must not make it again."""

    __tablename__ = "place_source_alias"
    __table_args__ = (Index("ix_place_source_alias_place_id", "place_id"),)

    source: Mapped[str] = mapped_column(primary_key=True)
    source_id: Mapped[str] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))


class PlaceVersion(Base):
    """What was written on a place's page, by whom and when. `changed`: by column, what was before and after.

    `by_id` is empty for importers, named by `source`, and for people who left.
    """

    __tablename__ = "place_version"
    __table_args__ = (Index("ix_place_version_place_id", "place_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    source: Mapped[str] = mapped_column(default="")
    deed: Mapped[str]
    changed: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    by: Mapped[Account | None] = relationship(lazy="raise_on_sql")


# Where the number of each change of places is told.
CHANNEL = "places"


class PlaceNumber(Base):
    """How many changes of places there were: the version of all that is made of them. One row.

    A deferred trigger counts at the commit of whatever writes a place, its machines, calls or poles, holding the row,
    so that numbers come in the order of commits; it then sends the number on the channel `places`.
    """

    __tablename__ = "place_number"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(BigInteger)


class PlaceChange(Base):
    """The last change of each place, gone ones too: what to read again to bring something up to `PlaceNumber`."""

    __tablename__ = "place_change"
    __table_args__ = (Index("ix_place_change_number", "number"),)

    place_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)


class PlaceManager(Base):
    """A person looks after a place."""

    __tablename__ = "place_manager"
    __table_args__ = (Index("ix_place_manager_account_id", "account_id"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    role: Mapped[ManagerRole] = mapped_column(text_enum(ManagerRole), default=ManagerRole.MANAGER)

    place: Mapped[Place] = relationship(back_populates="managers", lazy="raise_on_sql")
    account: Mapped[Account] = relationship(lazy="raise_on_sql")


class PoleRole(Base):
    """A place supports a zone of a programme, or is thought to."""

    __tablename__ = "pole_role"
    __table_args__ = (Index("ix_pole_role_zone_id", "zone_id"),)

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    zone_id: Mapped[int] = mapped_column(ForeignKey("zone.id", ondelete="CASCADE"), primary_key=True)
    standing: Mapped[Standing] = mapped_column(text_enum(Standing))
    confidence: Mapped[Confidence | None] = mapped_column(text_enum(Confidence))
    reason: Mapped[str] = mapped_column(default="")

    place: Mapped[Place] = relationship(back_populates="pole_roles", lazy="raise_on_sql")
    zone: Mapped[Zone] = relationship(lazy="raise_on_sql")


class FundingCall(Base):
    """A call for projects: who ran it, when, how many answered."""

    __tablename__ = "funding_call"

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    year: Mapped[int]
    body: Mapped[str] = mapped_column(default="")
    description: Mapped[str] = mapped_column(default="")
    file_count: Mapped[int | None]
    source: Mapped[str] = mapped_column(default="")

    laureates: Mapped[list["Laureate"]] = relationship(back_populates="call", lazy="raise_on_sql")


class Laureate(Base):
    """A place was chosen by a call, for a project of that name."""

    __tablename__ = "laureate"
    __table_args__ = (Index("ix_laureate_place_id", "place_id"),)

    call_id: Mapped[int] = mapped_column(ForeignKey("funding_call.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    project_name: Mapped[str]
    holder: Mapped[str] = mapped_column(default="")
    source: Mapped[str] = mapped_column(default="")
    confidence: Mapped[Confidence | None] = mapped_column(text_enum(Confidence))

    call: Mapped[FundingCall] = relationship(back_populates="laureates", lazy="raise_on_sql")
    place: Mapped[Place] = relationship(back_populates="laureates", lazy="raise_on_sql")
