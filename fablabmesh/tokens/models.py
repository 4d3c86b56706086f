"""Tokens by which programs act for people, and what they were answered."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base


class ApiToken(Base):
    """What a program says instead of signing in. Only its digest is kept; `beginning` is what people know it by.

    `place_ids`: the places it is for. `window_…`: how often it was used of late.
    """

    __tablename__ = "api_token"
    __table_args__ = (
        Index("ix_api_token_account_id", "account_id"),
        CheckConstraint("expires_at <= created_at + interval '366 days'", name="does_not_live_for_ever"),
        CheckConstraint("cardinality(scopes) > 0", name="is_for_something"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    beginning: Mapped[str]
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    scopes: Mapped[list[str]]
    place_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer))
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    revoked_at: Mapped[datetime | None]
    last_used_on: Mapped[date | None]
    window_started_at: Mapped[datetime | None]
    window_count: Mapped[int] = mapped_column(default=0, server_default="0")

    account: Mapped[Account] = relationship(lazy="raise_on_sql")


class ApiAnswer(Base):
    """A request that a program may send again without meaning it twice (`Idempotency-Key`), and what it made."""

    __tablename__ = "api_answer"
    __table_args__ = (Index("ix_api_answer_at", "at"),)

    token_id: Mapped[int] = mapped_column(ForeignKey("api_token.id", ondelete="CASCADE"), primary_key=True)
    key_digest: Mapped[bytes] = mapped_column(LargeBinary, primary_key=True)
    sent_digest: Mapped[bytes] = mapped_column(LargeBinary)
    event_uid: Mapped[str]
    at: Mapped[datetime]
