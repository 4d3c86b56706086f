"""Terms: a code that addresses, files and the API bear for ever, and a name in each language."""

from typing import Any

from sqlalchemy import Computed, UniqueConstraint
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fablabmesh.kit.db import Base, text_enum
from fablabmesh.kit.i18n import language
from fablabmesh.terms.rules import Vocabulary


class Term(Base):
    """A word of a vocabulary. `broader`: the code of the wider term, whose narrower ones answer for it in a filter.

    `issuer`: for a label, who awards it. `alignments`: the same notion elsewhere, by standard: `mednum` (label of the
    national schema), `fablabs.io` (capability), `okw` (Open Know-Where: the page of Wikipedia that names the type).
    A retired one is no longer offered, and still tells of the places that have it.
    """

    __tablename__ = "term"
    __table_args__ = (UniqueConstraint("vocabulary", "code"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    vocabulary: Mapped[Vocabulary] = mapped_column(text_enum(Vocabulary))
    code: Mapped[str]
    name_fr: Mapped[str]
    name_en: Mapped[str]
    broader: Mapped[str | None]
    issuer: Mapped[str] = mapped_column(default="", server_default="")
    alignments: Mapped[dict[str, Any]] = mapped_column(JSONB, default=dict, server_default="{}")
    position: Mapped[int]
    is_retired: Mapped[bool] = mapped_column(default=False, server_default="false")
    # The words of both names, folded.
    search_text: Mapped[str] = mapped_column(
        Computed("fold_words(name_fr || ' ' || name_en)", persisted=True), deferred=True
    )

    @property
    def label(self) -> str:
        return self.name_en if language() == "en" else self.name_fr
