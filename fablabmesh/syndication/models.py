"""Calendars of one person, at addresses that nobody can guess."""

from datetime import date, datetime

from sqlalchemy import ForeignKey, Index, LargeBinary
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base


class PersonalCalendar(Base):
    """What a person looks after, drafts included. The address is a secret: only its digest is kept."""

    __tablename__ = "personal_calendar"
    __table_args__ = (Index("ix_personal_calendar_account_id", "account_id"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    name: Mapped[str]
    token_hash: Mapped[bytes] = mapped_column(LargeBinary, unique=True)
    with_drafts: Mapped[bool] = mapped_column(default=True)
    with_projects: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime]
    last_used_on: Mapped[date | None]

    account: Mapped[Account] = relationship(lazy="raise_on_sql")
