"""Who wants which letter. An address stays here for as long as its owner wants letters, and not a day longer."""

from datetime import date, datetime

from sqlalchemy import CheckConstraint, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from fablabmesh.kit.db import Base


class Subscription(Base):
    """A weekly letter to one address about one slice of the agenda. Asked for, then confirmed by a link in a letter.

    `query`: the slice in its canonical spelling. `last_issue`: the Monday of the latest letter considered, sent or not.
    """

    __tablename__ = "digest_subscription"
    __table_args__ = (
        UniqueConstraint("email", "query"),
        Index("ix_digest_subscription_last_issue", "last_issue", "id"),
        CheckConstraint("email = lower(email)", name="email_is_lower"),
        CheckConstraint("(confirmed_at IS NULL) = (last_issue IS NULL)", name="confirmed_has_issue"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str]
    query: Mapped[str]
    language: Mapped[str]
    nonce: Mapped[bytes] = mapped_column(LargeBinary)
    asked_at: Mapped[datetime]
    confirm_hash: Mapped[bytes | None] = mapped_column(LargeBinary, unique=True)
    confirm_until: Mapped[datetime | None]
    confirmed_at: Mapped[datetime | None]
    last_issue: Mapped[date | None]
    failures: Mapped[int] = mapped_column(default=0)


class DigestRequest(Base):
    """That somebody asked for a letter: counted by address and by network, both unreadable, and soon forgotten."""

    __tablename__ = "digest_request"
    __table_args__ = (Index("ix_digest_request_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
