"""What the journal says, in few words."""

import pytest
import sqlalchemy as sa
from flask import g

from fablabmesh.journal.models import JournalAct, JournalEntry


@pytest.fixture
def anew(db):
    """Call it: what was written until now is one act, and what comes is another, as after a request."""

    def end() -> None:
        db.commit()
        g.pop("act_unit", None)

    return end


@pytest.fixture
def last_act(db):
    """The latest act, and its entries in order."""

    def find() -> tuple[JournalAct, list[JournalEntry]]:
        db.commit()
        act = db.scalars(sa.select(JournalAct).order_by(JournalAct.id.desc()).limit(1)).one()
        entries = sa.select(JournalEntry).where(JournalEntry.act_id == act.id).order_by(JournalEntry.id)
        return act, list(db.scalars(entries))

    return find
