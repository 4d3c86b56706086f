"""When people were last seen, so that accounts nobody uses come to an end."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base


class AccountLife(Base):
    """The last sign of life of an account, and the letters that ask for one. Kept by a chore, from sessions."""

    __tablename__ = "account_life"
    __table_args__ = (Index("ix_account_life_seen_at", "seen_at"),)

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    seen_at: Mapped[datetime]
    warned_at: Mapped[datetime | None]
    called_at: Mapped[datetime | None]

    account: Mapped[Account] = relationship(lazy="raise_on_sql")
