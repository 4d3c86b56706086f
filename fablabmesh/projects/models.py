"""Collaborative projects, each with a lead lab, and the labs that asked to join."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index, func
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.places.models import Place
from fablabmesh.projects.rules import PartnershipStatus, ProjectState
from fablabmesh.zones.moderation import ModerationState


class Project(Base):
    """Work that several labs do together, or look for others to do together."""

    __tablename__ = "project"
    __table_args__ = (Index("ix_project_lead_id", "lead_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    slug: Mapped[str] = mapped_column(unique=True)
    title: Mapped[str]
    summary: Mapped[str]
    description: Mapped[str] = mapped_column(default="")
    lead_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    state: Mapped[ProjectState] = mapped_column(text_enum(ProjectState), default=ProjectState.SEEKING)
    # `state` is of the work; this is of its page.
    moderation: Mapped[ModerationState] = mapped_column(
        text_enum(ModerationState), default=ModerationState.PUBLISHED, server_default=ModerationState.PUBLISHED.value
    )
    # When the zone refused or withdrew it, until it is published again: a draft that was sent and taken back remembers.
    refused_at: Mapped[datetime | None]
    # Why the zone took it out of publication, for its team: empty otherwise. Until the zone publishes it, it waits.
    zone_reason: Mapped[str] = mapped_column(default="", server_default="")
    seeks: Mapped[str] = mapped_column(default="")
    licence: Mapped[str] = mapped_column(default="")
    version: Mapped[int] = mapped_column(default=1)
    created_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())
    changed_at: Mapped[datetime] = mapped_column(server_default=func.now())

    __mapper_args__ = {"version_id_col": version}

    lead: Mapped[Place] = relationship(lazy="raise_on_sql")
    partnerships: Mapped[list["Partnership"]] = relationship(
        back_populates="project", lazy="raise_on_sql", order_by="Partnership.asked_at, Partnership.place_id"
    )

    @property
    def partners(self) -> list[Place]:
        """The labs that were taken in; `partnerships` and their places must have been loaded."""
        return [item.place for item in self.partnerships if item.status is PartnershipStatus.ACCEPTED]


class Partnership(Base):
    """A lab's request to join a project, and what became of it."""

    __tablename__ = "partnership"
    __table_args__ = (Index("ix_partnership_place_id", "place_id"),)

    project_id: Mapped[int] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"), primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    status: Mapped[PartnershipStatus] = mapped_column(text_enum(PartnershipStatus), default=PartnershipStatus.ASKED)
    message: Mapped[str] = mapped_column(default="")
    answer: Mapped[str] = mapped_column(default="")
    asked_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    answered_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    asked_at: Mapped[datetime]
    answered_at: Mapped[datetime | None]

    project: Mapped[Project] = relationship(back_populates="partnerships", lazy="raise_on_sql")
    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    asked_by: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=[asked_by_id])
