"""The words there are to be found, for whoever mistypes them."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, Index
from sqlalchemy.orm import Mapped, mapped_column

from fablabmesh.kit.db import Base


class SearchWord(Base):
    """A word of a place, a commune, an event, a project or a vocabulary. `spelled`: what it is looked for as.

    A word that no longer stands anywhere stays: nothing is found by it, and nothing is offered that is not found.
    """

    __tablename__ = "search_word"
    __table_args__ = (
        Index("ix_search_word_word", "word", postgresql_using="gin", postgresql_ops={"word": "gin_trgm_ops"}),
    )

    word: Mapped[str] = mapped_column(primary_key=True)
    spelled: Mapped[str]


class SearchState(Base):
    """Up to which change words have been learnt. One row, or none before the first time."""

    __tablename__ = "search_state"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_number: Mapped[int] = mapped_column(BigInteger)
    commune_count: Mapped[int]
    learnt_at: Mapped[datetime | None]
