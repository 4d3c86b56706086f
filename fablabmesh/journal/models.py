"""Everything that was changed: acts, each of what was written at once, and what they changed, row by row.

Triggers write it (`journal_write`), whoever writes; the database refuses to change or to delete any of it. Of a person
who leaves remains that somebody acted.
"""

from datetime import datetime
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey, Identity, Index, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column, relationship

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import Base


class JournalAct(Base):
    """What was done in one transaction. `actor`: see `kit.acting`; `hand` for who wrote in the database itself.

    `deed`: the endpoint, the chore or the command. `undoes_id`: the act that this one takes back.
    """

    __tablename__ = "journal_act"
    __table_args__ = (
        Index("ix_journal_act_account_id", "account_id"),
        Index("ix_journal_act_at", "at"),
        Index("ix_journal_act_undoes_id", "undoes_id", postgresql_where=text("undoes_id IS NOT NULL")),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    at: Mapped[datetime]
    actor: Mapped[str]
    account_id: Mapped[int | None] = mapped_column(ForeignKey("account.id", ondelete="SET NULL"))
    deed: Mapped[str]
    undoes_id: Mapped[int | None] = mapped_column(BigInteger, ForeignKey("journal_act.id"))

    account: Mapped[Account | None] = relationship(lazy="raise_on_sql")


class JournalEntry(Base):
    """One row that an act changed. `before` and `after`: by column; of an update only those that differ.

    Where it is, when it is somewhere: the place, its department, the zone.
    """

    __tablename__ = "journal_entry"
    __table_args__ = (
        Index("ix_journal_entry_act_id", "act_id", "department_code"),
        Index("ix_journal_entry_place_id", "place_id", "act_id"),
        Index("ix_journal_entry_zone_id", "zone_id", "act_id", postgresql_where=text("zone_id IS NOT NULL")),
        CheckConstraint("deed IN ('insert', 'update', 'delete')", name="deed"),
    )

    id: Mapped[int] = mapped_column(BigInteger, Identity(), primary_key=True)
    act_id: Mapped[int] = mapped_column(BigInteger, ForeignKey("journal_act.id"))
    table_name: Mapped[str]
    row_key: Mapped[dict[str, Any]] = mapped_column(JSONB)
    deed: Mapped[str]
    before: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    after: Mapped[dict[str, Any] | None] = mapped_column(JSONB)
    place_id: Mapped[int | None]
    department_code: Mapped[str | None]
    zone_id: Mapped[int | None]
    is_demo: Mapped[bool]

    act: Mapped[JournalAct] = relationship(lazy="raise_on_sql")
