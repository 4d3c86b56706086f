"""People who sign in, their sessions, the browsers they use and the attempts that failed."""

from datetime import datetime
from typing import Any, ClassVar

from sqlalchemy import CheckConstraint, ForeignKey, Index, Integer, LargeBinary, UniqueConstraint, func
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.rules import Means, Role
from fablabmesh.kit.db import Base, text_enum


class Account(Base):
    """One person. The mail address is for signing in and is shown to nobody else."""

    __tablename__ = "account"
    __table_args__ = (CheckConstraint("email = lower(email)", name="email_is_lower"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    email: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    # None: they prove who they are by other means (a mailed link, a passkey, a provider).
    password_hash: Mapped[str | None]
    role: Mapped[Role] = mapped_column(text_enum(Role), default=Role.MEMBER)
    # In which they are written to.
    language: Mapped[str] = mapped_column(default="fr", server_default="fr")
    # When they showed that the address is theirs, by opening a link sent to it.
    email_confirmed_at: Mapped[datetime | None]
    # The zones that they coordinate, and the departments of these: kept by triggers (`zones.models.ZoneCoordinator`).
    zone_ids: Mapped[list[int]] = mapped_column(ARRAY(Integer), default=list, server_default="{}")
    department_codes: Mapped[list[str]] = mapped_column(default=list, server_default="{}")
    is_demo: Mapped[bool] = mapped_column(default=False)
    is_active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(server_default=func.now())

    # What Flask-Login asks of a person.
    is_authenticated = True
    is_anonymous = False
    # The session in which they ask; put there by `session` for the length of a request.
    sign_in: ClassVar["SignIn | None"] = None
    # Was the last proof of who they are a moment ago?
    is_fresh: ClassVar[bool] = False


class SignIn(Base):
    """One browser's session, kept here so that signing out ends it for every copy of the cookie."""

    __tablename__ = "sign_in"
    __table_args__ = (Index("ix_sign_in_account_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    created_at: Mapped[datetime]
    last_seen_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    # When they last proved who they are, how, and whether by two proofs (or one that is worth two).
    proved_at: Mapped[datetime]
    means: Mapped[Means] = mapped_column(text_enum(Means))
    is_strong: Mapped[bool] = mapped_column(default=False)
    # The first proof is given and the second is not: opens nothing.
    is_half: Mapped[bool] = mapped_column(default=False)
    # To know it again in a list: « Firefox · Linux », and a network too wide to find anybody in it.
    device: Mapped[str] = mapped_column(default="")
    network: Mapped[str] = mapped_column(default="")

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class KnownDevice(Base):
    """A browser in which somebody has signed in before; it keeps a random token, here is its digest.

    It opens nothing. Failures elsewhere do not make it wait, and signing in from it is no news.
    """

    __tablename__ = "known_device"
    __table_args__ = (
        UniqueConstraint("token_hash", "account_id"),
        Index("ix_known_device_account_id", "account_id"),
        Index("ix_known_device_last_seen_at", "last_seen_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[bytes] = mapped_column(LargeBinary)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    last_seen_at: Mapped[datetime]


class OneTimeWord(Base):
    """A secret word that was sent to somebody: it does one thing, once, and not for long. Only its digest is kept.

    `purpose`: of the room that wrote it (`signin.reset`, `teams.invitation`…); `told`: what that room must know then.
    """

    __tablename__ = "one_time_word"
    __table_args__ = (
        Index("ix_one_time_word_account_id", "account_id"),
        Index("ix_one_time_word_expires_at", "expires_at"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    digest: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    purpose: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    told: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict)
    created_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    account: Mapped[Account | None] = relationship(lazy="raise_on_sql")


class SignInAttempt(Base):
    """A sign-in that failed: counted across all workers, forgotten after the window. Subjects are kept as HMACs."""

    __tablename__ = "sign_in_attempt"
    __table_args__ = (Index("ix_sign_in_attempt_subject", "subject", "at"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    subject: Mapped[bytes] = mapped_column(LargeBinary)
    at: Mapped[datetime]
