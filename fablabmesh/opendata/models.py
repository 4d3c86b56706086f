"""The last report of each file that was imported."""

from datetime import datetime
from typing import Any

from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.orm import Mapped, mapped_column

from fablabmesh.kit.db import Base


class ImportReport(Base):
    """What the last import of a file did. `report`: as `opendata.report` keeps it. `digest`: of what was imported."""

    __tablename__ = "import_report"

    file_name: Mapped[str] = mapped_column(primary_key=True)
    imported_at: Mapped[datetime]
    source: Mapped[str]
    licence: Mapped[str]
    digest: Mapped[str]
    report: Mapped[dict[str, Any]] = mapped_column(JSONB)
