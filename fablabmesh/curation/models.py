"""What people propose, what was decided of it, pairs that may be one place, and letters that ask « still right? »."""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.curation.rules import DecisionDeed, ProposalKind, ProposalState
from fablabmesh.events.models import Event
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.places.models import Place
from fablabmesh.projects.models import Project


class Proposal(Base):
    """A missing place, a correction, a report by anybody, or what its own people wrote: nothing shows before somebody
    decides. It is about `event` or `project`, else about `place`, in which it is decided. Triggers write those of what
    waits to be published (`ProposalKind.PUBLICATION`), and end them when their people take them back.

    `proposed`: by column, what is to be written; `before`: what stood there when it was proposed, of `place_version`.
    `contact`: a mail address, to be answered and for nothing else; `answer_hash`: of the secret word of its link.
    """

    __tablename__ = "proposal"
    __table_args__ = (
        Index("ix_proposal_state", "state", "id"),
        Index("ix_proposal_place_id", "place_id"),
        Index("ix_proposal_department_code", "department_code"),
        Index("ix_proposal_told_at", "id", postgresql_where=text("told_at IS NULL")),
        Index("ix_proposal_contact_until", "contact_until", postgresql_where=text("contact <> ''")),
        Index("ix_proposal_event_id", "event_id"),
        Index("ix_proposal_project_id", "project_id"),
        Index("ix_proposal_assigned_to_id", "assigned_to_id"),
        CheckConstraint("(contact = '') = (contact_until IS NULL)", name="contact_has_an_end"),
        CheckConstraint("num_nonnulls(event_id, project_id) < 2", name="is_about_one"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[ProposalKind] = mapped_column(text_enum(ProposalKind))
    state: Mapped[ProposalState] = mapped_column(text_enum(ProposalState), default=ProposalState.PENDING)
    # For a missing place, the one that was made of it.
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    event_id: Mapped[int | None] = mapped_column(ForeignKey("event.id", ondelete="CASCADE"))
    project_id: Mapped[int | None] = mapped_column(ForeignKey("project.id", ondelete="CASCADE"))
    # The name it had, for when it is gone; of an event or a project, the title.
    place_name: Mapped[str] = mapped_column(default="")
    place_version: Mapped[int | None]
    department_code: Mapped[str | None] = mapped_column(ForeignKey("department.code"))
    is_demo: Mapped[bool] = mapped_column(default=False)
    proposed: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    before: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    # The address of the other page, of a duplicate.
    twin_slug: Mapped[str] = mapped_column(default="")
    message: Mapped[str] = mapped_column(default="")
    known_by: Mapped[str] = mapped_column(default="")
    # They wish to look after the missing place: who accepts it lets them, or invites them to.
    looks_after: Mapped[bool] = mapped_column(default=False, server_default="false")
    language: Mapped[str] = mapped_column(default="fr")
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    contact: Mapped[str] = mapped_column(default="")
    contact_until: Mapped[datetime | None]
    answer_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    decided_at: Mapped[datetime | None]
    # Who takes care of it, among those who may decide.
    assigned_to_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    # Who was told that it is late: nobody, the zone's coordinators, the administrators too.
    late_told: Mapped[int] = mapped_column(default=0, server_default="0")
    # When those who decide were told that it came.
    told_at: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    place: Mapped[Place | None] = relationship(lazy="raise_on_sql")
    event: Mapped[Event | None] = relationship(lazy="raise_on_sql")
    project: Mapped[Project | None] = relationship(lazy="raise_on_sql")
    by: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=[by_id])
    assigned_to: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=[assigned_to_id])
    decisions: Mapped[list["Decision"]] = relationship(lazy="raise_on_sql", order_by="Decision.id", viewonly=True)


class Decision(Base):
    """What somebody did with a proposal, when and why. The database lets nobody change it.

    `changed`: by column, what was before and after on the place's page. `by_id` is empty for the proposer's answers.
    """

    __tablename__ = "proposal_decision"
    __table_args__ = (Index("ix_proposal_decision_proposal_id", "proposal_id", "id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    proposal_id: Mapped[int] = mapped_column(ForeignKey("proposal.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    deed: Mapped[DecisionDeed] = mapped_column(text_enum(DecisionDeed))
    reason: Mapped[str] = mapped_column(default="")
    changed: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)

    by: Mapped[Account | None] = relationship(lazy="raise_on_sql")


class ProposalRequest(Base):
    """That something was proposed from a network or by a person, unreadable: counted, and soon forgotten."""

    __tablename__ = "proposal_request"
    __table_args__ = (Index("ix_proposal_request_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]


class PlaceTwin(Base):
    """Two places that may be one, the smaller id first; or that somebody said are not, which is kept for ever.

    `likeness`: see `curation.twins`. Found by the chore, and gone with it, unless somebody decided.
    """

    __tablename__ = "place_twin"
    __table_args__ = (
        Index("ix_place_twin_other_id", "other_id"),
        Index("ix_place_twin_score", "score", postgresql_where=text("dismissed_at IS NULL")),
        CheckConstraint("place_id < other_id", name="smaller_first"),
    )

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    other_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    score: Mapped[int]
    likeness: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    found_at: Mapped[datetime]
    dismissed_at: Mapped[datetime | None]
    dismissed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))

    place: Mapped[Place] = relationship(lazy="raise_on_sql", foreign_keys=[place_id])
    other: Mapped[Place] = relationship(lazy="raise_on_sql", foreign_keys=[other_id])


class TwinSearch(Base):
    """Up to which change of places twins were looked for: see `PlaceNumber`. One row, from the first search on."""

    __tablename__ = "twin_search"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    number: Mapped[int] = mapped_column(BigInteger)
    # The places themselves were looked at up to this id, the first time; -1 once all were.
    place_id: Mapped[int]


class FreshnessLetter(Base):
    """A letter that asked somebody whether their places' pages are still right; its link confirms once."""

    __tablename__ = "freshness_letter"
    __table_args__ = (Index("ix_freshness_letter_account_id", "account_id", "sent_at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    place_ids: Mapped[list[int]] = mapped_column(JSONB)
    secret_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    sent_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    is_reminder: Mapped[bool] = mapped_column(default=False)

    account: Mapped[Account] = relationship(lazy="raise_on_sql")
