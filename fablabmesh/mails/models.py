"""Letters: written in the transaction of the act that calls for them, so that there is never one without the other."""

from datetime import datetime

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fablabmesh.kit.db import Base
from fablabmesh.mails.rules import State


class Mail(Base):
    """One letter to one address. `kind` and `about`: which room wrote it, and the id of what it is about there.
    `is_refused`: by whoever keeps the address, for good.

    Whom it went to and what it said are erased some time after it left.
    """

    __tablename__ = "mail"
    __table_args__ = (
        Index("ix_mail_due_at", "due_at", "id", postgresql_where=text("sent_at IS NULL AND failed_at IS NULL")),
        Index("ix_mail_kind_about", "kind", "about"),
        CheckConstraint("sent_at IS NULL OR failed_at IS NULL", name="sent_or_failed"),
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    about: Mapped[int | None]
    to_address: Mapped[str]
    subject: Mapped[str]
    text: Mapped[str] = mapped_column(deferred=True)
    html: Mapped[str] = mapped_column(deferred=True)
    headers: Mapped[dict[str, str]] = mapped_column(JSONB, default=dict)
    message_id: Mapped[str] = mapped_column(unique=True)
    created_at: Mapped[datetime]
    due_at: Mapped[datetime]
    expires_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    sent_at: Mapped[datetime | None]
    failed_at: Mapped[datetime | None]
    is_refused: Mapped[bool] = mapped_column(default=False)
    last_error: Mapped[str] = mapped_column(default="")
    erased_at: Mapped[datetime | None]

    @property
    def state(self) -> State:
        if self.sent_at is not None:
            return State.SENT
        return State.WAITING if self.failed_at is None else State.FAILED

    @property
    def domain(self) -> str:
        """All that those who run the site are shown of an address."""
        return self.to_address.rpartition("@")[2]
