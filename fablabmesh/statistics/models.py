"""How far the nearest places are from each commune: measured by a chore, since it takes seconds, and read at once."""

from datetime import datetime

from sqlalchemy import BigInteger, CheckConstraint, ForeignKey
from sqlalchemy.orm import Mapped, mapped_column

from fablabmesh.kit.db import Base


class CommuneReach(Base):
    """Metres from the town hall to the nearest open lab, public digital space, laureate; none where there is none."""

    __tablename__ = "commune_reach"

    insee: Mapped[str] = mapped_column(ForeignKey("commune.insee", ondelete="CASCADE"), primary_key=True)
    fablab_m: Mapped[int | None]
    epn_m: Mapped[int | None]
    laureate_m: Mapped[int | None]


class ReachMeasure(Base):
    """Of which version of the places the distances are, and when they were measured. One row.

    `digest`: of the points that were measured from and to, since most changes of places move none of them.
    """

    __tablename__ = "reach_measure"
    __table_args__ = (CheckConstraint("id = 1", name="one_row"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    place_number: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str]
    measured_at: Mapped[datetime]
    checked_at: Mapped[datetime]
