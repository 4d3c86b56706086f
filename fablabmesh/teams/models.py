"""Invitations, claims of places and what was said of them, since when places are looked after, requests to count."""

from datetime import datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, LargeBinary, text
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.places.models import Place
from fablabmesh.places.rules import ManagerRole
from fablabmesh.teams.rules import After, ClaimDeed, ClaimState, Proof
from fablabmesh.zones.models import Zone

_IS_OPEN = "accepted_at IS NULL AND declined_at IS NULL AND withdrawn_at IS NULL"


class Invitation(Base):
    """Somebody is asked, by mail, to look after a place or to coordinate a zone. The link's word is kept as a digest.

    `handed_by_id`: who hands the place over by it, and becomes `then` once it is accepted.
    """

    __tablename__ = "invitation"
    __table_args__ = (
        Index("uq_invitation_place_id_email", "place_id", "email", unique=True, postgresql_where=text(_IS_OPEN)),
        Index("uq_invitation_zone_id_email", "zone_id", "email", unique=True, postgresql_where=text(_IS_OPEN)),
        Index("ix_invitation_email", "email", postgresql_where=text(_IS_OPEN)),
        Index("ix_invitation_invited_by_id", "invited_by_id"),
        Index("ix_invitation_handed_by_id", "handed_by_id"),
        CheckConstraint("num_nonnulls(place_id, zone_id) = 1", name="of_a_place_or_a_zone"),
        CheckConstraint("(place_id IS NULL) = (role IS NULL)", name="a_place_has_roles"),
        CheckConstraint("num_nonnulls(accepted_at, declined_at, withdrawn_at) <= 1", name="ends_once"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int | None] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    zone_id: Mapped[int | None] = mapped_column(ForeignKey("zone.id", ondelete="CASCADE"))
    role: Mapped[ManagerRole | None] = mapped_column(text_enum(ManagerRole))
    email: Mapped[str]
    name: Mapped[str] = mapped_column(default="")
    language: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    invited_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    handed_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    then: Mapped[After | None] = mapped_column(text_enum(After))
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    created_at: Mapped[datetime]
    sent_at: Mapped[datetime]
    sent_count: Mapped[int] = mapped_column(default=1)
    expires_at: Mapped[datetime]
    accepted_at: Mapped[datetime | None]
    declined_at: Mapped[datetime | None]
    withdrawn_at: Mapped[datetime | None]

    place: Mapped[Place | None] = relationship(lazy="raise_on_sql")
    zone: Mapped[Zone | None] = relationship(lazy="raise_on_sql")
    invited_by: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=[invited_by_id])


class Claim(Base):
    """Somebody says that a place is theirs to look after. `email` is kept until it is decided, and for nothing else.

    `account_id`: who asked while signed in. `coordinator_from`: until then it is left to the place's own managers.
    `digest`: of the word of the link that proves the address, or answers a question.
    """

    __tablename__ = "claim"
    __table_args__ = (
        Index("uq_claim_place_id_email", "place_id", "email", unique=True, postgresql_where=text("email <> ''")),
        Index("ix_claim_state", "state", "id"),
        Index("ix_claim_account_id", "account_id"),
        Index("ix_claim_decided_by_id", "decided_by_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"))
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    email: Mapped[str]
    language: Mapped[str]
    message: Mapped[str] = mapped_column(default="")
    state: Mapped[ClaimState] = mapped_column(text_enum(ClaimState), default=ClaimState.UNCONFIRMED)
    proof: Mapped[Proof | None] = mapped_column(text_enum(Proof))
    digest: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    digest_until: Mapped[datetime | None]
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]
    coordinator_from: Mapped[datetime | None]
    coordinator_told_at: Mapped[datetime | None]
    decided_at: Mapped[datetime | None]
    decided_by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    version: Mapped[int] = mapped_column(default=1)

    __mapper_args__ = {"version_id_col": version}

    place: Mapped[Place] = relationship(lazy="raise_on_sql")
    account: Mapped[Account | None] = relationship(lazy="raise_on_sql", foreign_keys=[account_id])
    lines: Mapped[list["ClaimLine"]] = relationship(lazy="raise_on_sql", order_by="ClaimLine.id", viewonly=True)


class ClaimLine(Base):
    """What was asked, answered or decided about a claim. `by_id` is empty for who claims."""

    __tablename__ = "claim_line"
    __table_args__ = (Index("ix_claim_line_claim_id", "claim_id", "id"), Index("ix_claim_line_by_id", "by_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    claim_id: Mapped[int] = mapped_column(ForeignKey("claim.id", ondelete="CASCADE"))
    at: Mapped[datetime]
    by_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    deed: Mapped[ClaimDeed] = mapped_column(text_enum(ClaimDeed))
    words: Mapped[str] = mapped_column(default="")

    by: Mapped[Account | None] = relationship(lazy="raise_on_sql")


class PlaceTenure(Base):
    """A place is, or was, looked after by somebody: kept by a trigger, whoever grants. One without a manager now is an
    orphan."""

    __tablename__ = "place_tenure"

    place_id: Mapped[int] = mapped_column(ForeignKey("place.id", ondelete="CASCADE"), primary_key=True)
    since: Mapped[datetime]
    # When its team changed last.
    changed_at: Mapped[datetime]


class TeamRequest(Base):
    """Something was asked for by somebody without an account, or a letter written: counted by HMACs, then forgotten."""

    __tablename__ = "team_request"
    __table_args__ = (Index("ix_team_request_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
