"""How often somebody wants to be told of what, and what waits to be told together."""

from datetime import datetime

from sqlalchemy import ForeignKey, Index
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base, text_enum
from fablabmesh.notices.rules import Frequency, Kind


class NoticeChoice(Base):
    """What somebody chose for a kind of notices. No row: the default for who they are."""

    __tablename__ = "notice_choice"

    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[Kind] = mapped_column(text_enum(Kind), primary_key=True)
    frequency: Mapped[Frequency] = mapped_column(text_enum(Frequency))


class Notice(Base):
    """Something to tell somebody, which waits for the next letter that gathers such things; gone once it is written.

    `title` and `url`: in the language of the person. `about`: the id of what it is about, in the room that tells it.
    """

    __tablename__ = "notice"
    __table_args__ = (
        Index("ix_notice_due_at", "due_at", "account_id"),
        Index("ix_notice_account_id", "account_id", "kind"),
        Index("ix_notice_kind_about", "kind", "about"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    account_id: Mapped[int] = mapped_column(ForeignKey("account.id", ondelete="CASCADE"))
    kind: Mapped[Kind] = mapped_column(text_enum(Kind))
    about: Mapped[int | None]
    title: Mapped[str]
    url: Mapped[str]
    at: Mapped[datetime]
    due_at: Mapped[datetime]

    account: Mapped[Account] = relationship(lazy="raise_on_sql")
