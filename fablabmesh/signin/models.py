"""What people prove with who they are, beside a password; and the letters that visitors asked for."""

import enum
from datetime import datetime

from sqlalchemy import BigInteger, ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base, text_enum


class Passkey(Base):
    """A key that somebody's device keeps and shows after knowing its owner (WebAuthn). Here is its public half."""

    __tablename__ = "passkey"
    __table_args__ = (Index("ix_passkey_account_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    credential_id: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    public_key: Mapped[bytes] = mapped_column(LargeBinary)
    # By which the device calls the account: random, the same for all keys of one account.
    user_handle: Mapped[bytes] = mapped_column(LargeBinary)
    sign_count: Mapped[int] = mapped_column(BigInteger)
    transports: Mapped[list[str]]
    name: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class OneTimeCode(Base):
    """The secret that somebody's telephone makes codes of (TOTP), encrypted; counts once a code was shown.

    `last_step`: the half minute of the last code that was taken, so that none is taken twice.
    """

    __tablename__ = "one_time_code"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    secret: Mapped[bytes] = mapped_column(LargeBinary)
    last_step: Mapped[int] = mapped_column(BigInteger, default=0)
    created_at: Mapped[datetime]
    confirmed_at: Mapped[datetime | None]


class RecoveryCode(Base):
    """A code on paper, for whoever lost the telephone. Random enough for its plain digest to tell nothing."""

    __tablename__ = "recovery_code"
    __table_args__ = (UniqueConstraint("account_id", "digest"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    digest: Mapped[bytes] = mapped_column(LargeBinary)
    created_at: Mapped[datetime]
    used_at: Mapped[datetime | None]


class ProviderLink(Base):
    """Whom a provider of identities means by `subject`: that, and no mail address, is who signs in."""

    __tablename__ = "provider_link"
    __table_args__ = (UniqueConstraint("issuer", "subject"), Index("ix_provider_link_account_id", "account_id"))

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    issuer: Mapped[str]
    subject: Mapped[str]
    created_at: Mapped[datetime]
    last_used_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="joined", innerjoin=True)


class Purpose(enum.StrEnum):
    """What a visitor's letter is for."""

    LINK = "link"
    RESET = "reset"


class AskedLetter(Base):
    """Somebody gave an address and asked for a link. The worker writes the letter, if the address has an account:

    who asks is answered before anybody knows whether it has one.
    """

    __tablename__ = "asked_letter"

    id: Mapped[int] = mapped_column(primary_key=True)
    purpose: Mapped[Purpose] = mapped_column(text_enum(Purpose))
    email: Mapped[str]
    created_at: Mapped[datetime]
    # The page they were on their way to.
    then: Mapped[str]
