"""Tells this process that what its calendars are made of was written, when it is. Whatever else is sent here (a form
that is refused, the parts of one that is being typed, a letter asked for) leaves them as right as they were.
"""

from collections.abc import Callable

from sqlalchemy import event
from sqlalchemy.orm import Session, scoped_session

from fablabmesh.events.models import Category, Event, EventChange
from fablabmesh.kit.db import equip
from fablabmesh.places.models import Laureate, Place
from fablabmesh.projects.models import Partnership, Project
from fablabmesh.zones.models import Programme, Zone, ZoneDepartment

_READ = (Category, Event, EventChange, Laureate, Partnership, Place, Programme, Project, Zone, ZoneDepartment)
_NOTE, _TELL = "wrote for calendars", "tell of calendars"


def install(factory: scoped_session[Session], tell: Callable[[], None]) -> None:
    """Have every session of this factory call this after a commit that counts."""
    equip(factory, **{_TELL: tell})
    for name, listener in (("after_flush", _note), ("after_commit", _tell), ("after_rollback", _forget)):
        if not event.contains(Session, name, listener):
            event.listen(Session, name, listener)


def _note(session: Session, _context: object) -> None:
    if any(isinstance(thing, _READ) for things in (session.new, session.dirty, session.deleted) for thing in things):
        session.info[_NOTE] = True


def _tell(session: Session) -> None:
    # What ends within a transaction is seen by others only with it.
    if _TELL in session.info and not session.in_nested_transaction() and session.info.pop(_NOTE, False):
        session.info[_TELL]()


def _forget(session: Session) -> None:
    session.info.pop(_NOTE, None)
