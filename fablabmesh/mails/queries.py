"""Reads of letters."""

from datetime import datetime

from sqlalchemy import func, select
from sqlalchemy.orm import undefer

from fablabmesh.kit.db import session
from fablabmesh.kit.errors import NotFound
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.mails.models import Mail
from fablabmesh.mails.rules import State

_WAITING = (Mail.sent_at.is_(None), Mail.failed_at.is_(None))


def count_by_kind() -> dict[str, dict[State, int]]:
    """Kind → how many are in each state, in the order of kinds."""
    statement = select(Mail.kind, *(func.count().filter(condition) for condition in _STATES.values()))
    rows = session.execute(statement.group_by(Mail.kind).order_by(Mail.kind)).all()
    return {kind: dict(zip(_STATES, counts, strict=True)) for kind, *counts in rows}


_STATES = {
    State.WAITING: Mail.sent_at.is_(None) & Mail.failed_at.is_(None),
    State.SENT: Mail.sent_at.is_not(None),
    State.FAILED: Mail.failed_at.is_not(None),
}


def list_troubled(*, limit: int, offset: int = 0) -> list[Mail]:
    """Those that failed or were put off, the latest first."""
    statement = select(Mail).where(Mail.last_error != "", Mail.sent_at.is_(None)).order_by(Mail.id.desc())
    return list(session.scalars(statement.limit(limit).offset(offset)))


def count_troubled() -> int:
    """How many failed or were put off."""
    return session.scalar(select(func.count()).where(Mail.last_error != "", Mail.sent_at.is_(None))) or 0


def find_oldest_due(now: datetime) -> datetime | None:
    """Since when the letter that has waited longest should have left."""
    return session.scalar(select(func.min(Mail.due_at)).where(*_WAITING, Mail.due_at <= now))


def list_latest(limit: int) -> list[Mail]:
    """The newest letters, the latest first."""
    return list(session.scalars(select(Mail).order_by(Mail.id.desc()).limit(limit)))


def get_mail(mail_id: int) -> Mail:
    """A letter with its words."""
    found = session.get(Mail, mail_id, options=[undefer(Mail.text), undefer(Mail.html)])
    if found is None:
        raise NotFound(_("Ce courrier n’existe pas, ou n’existe plus."))
    return found


def find_due(now: datetime) -> Mail | None:
    """The letter that has been due longest and that nobody else is bringing; it is ours until the transaction ends."""
    statement = (
        select(Mail)
        .where(*_WAITING, Mail.due_at <= now)
        .order_by(Mail.due_at, Mail.id)
        .limit(1)
        .with_for_update(skip_locked=True)
        .options(undefer(Mail.text), undefer(Mail.html))
    )
    return session.scalar(statement)
