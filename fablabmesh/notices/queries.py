"""Reads: what somebody chose, what is due to be told."""

from datetime import datetime

from sqlalchemy import select

from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.notices.models import Notice, NoticeChoice
from fablabmesh.notices.rules import Frequency, Kind, default_frequency, kinds_for


def frequency_of(person: Account, kind: Kind) -> Frequency:
    """How often they want to be told of this kind."""
    if not kind.is_tunable:
        return Frequency.AT_ONCE
    # What was chosen is written beside the session's own memory.
    chosen = session.get(NoticeChoice, (person.id, kind), populate_existing=True)
    return chosen.frequency if chosen is not None else default_frequency(kind, person)


def map_frequencies(person: Account) -> dict[Kind, Frequency]:
    """The same for all that they may tune."""
    statement = select(NoticeChoice).where(NoticeChoice.account_id == person.id)
    rows = session.scalars(statement.execution_options(populate_existing=True)).all()
    chosen = {row.kind: row.frequency for row in rows}
    return {kind: chosen.get(kind, default_frequency(kind, person)) for kind in kinds_for(person)}


def find_account(account_id: int) -> Account | None:
    """Whom a link speaks of."""
    return session.get(Account, account_id)


def find_due_account(now: datetime) -> Account | None:
    """Somebody to whom something is due; theirs is ours until the transaction ends."""
    first = select(Notice).where(Notice.due_at <= now).order_by(Notice.due_at, Notice.id).limit(1)
    found = session.scalar(first.with_for_update(skip_locked=True))
    return None if found is None else session.get(Account, found.account_id)


def list_due(account_id: int, now: datetime) -> list[Notice]:
    """What is due to somebody, kind by kind as on the page, the oldest first."""
    statement = select(Notice).where(Notice.account_id == account_id, Notice.due_at <= now).order_by(Notice.id)
    order = list(Kind)
    return sorted(session.scalars(statement.with_for_update(skip_locked=True)), key=lambda each: order.index(each.kind))
