"""Writes of personal calendars."""

import secrets
from datetime import date, datetime

from fablabmesh.accounts.actions import digest
from fablabmesh.accounts.models import Account
from fablabmesh.kit.db import session
from fablabmesh.kit.errors import Refused
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.syndication import queries
from fablabmesh.syndication.models import PersonalCalendar

MOST = 20
_TOKEN_BYTES = 32


def open_calendar(
    account: Account, *, name: str, with_drafts: bool, with_projects: bool, now: datetime
) -> tuple[PersonalCalendar, str]:
    """The calendar, and the secret of its address, which nobody will ever see again."""
    if len(queries.list_calendars_of(account.id)) >= MOST:
        raise Refused(_("Vous avez déjà %(most)d calendriers : fermez-en un dont vous ne vous servez plus.", most=MOST))
    token = secrets.token_urlsafe(_TOKEN_BYTES)
    calendar = PersonalCalendar(
        account_id=account.id,
        name=name,
        token_hash=digest(token),
        with_drafts=with_drafts,
        with_projects=with_projects,
        created_at=now,
    )
    session.add(calendar)
    session.flush()
    return calendar, token


def close_calendar(calendar: PersonalCalendar) -> None:
    """From now on its address leads nowhere."""
    session.delete(calendar)
    session.flush()


def note_use(calendar: PersonalCalendar, today: date) -> None:
    """On which day it was last read: one write a day, however often programs look."""
    if calendar.last_used_on != today:
        calendar.last_used_on = today
        session.flush()
