"""Writes of followed calendars: begun, read again when it is time, held, paused, ended.

What a calendar elsewhere says is brought to the events of its place, step by step; what it says no more is called off
and not deleted. One that fails is asked less and less often, and its lab is told.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from time import monotonic

from sqlalchemy.orm import Session, scoped_session

from fablabmesh.accounts.models import Account
from fablabmesh.imports import queries
from fablabmesh.imports.models import CalendarSource
from fablabmesh.imports.plan import propose
from fablabmesh.imports.rules import (
    MOST_IGNORED,
    MOST_SOURCES,
    OLD_AFTER,
    TOLD_AFTER,
    host_of,
    loses_too_much,
    wait_after,
)
from fablabmesh.imports.writing_actions import call_off, write
from fablabmesh.kit.db import equip, session, transaction
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.fetch import Fence, Fetched, Resolve, Unfetched, fetch, look_up
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import lazy_gettext as _l
from fablabmesh.kit.ical_apart import Failed, digest_of_all, problems_of, read_apart
from fablabmesh.kit.ical_reading import ReadCalendar
from fablabmesh.notices import actions as notices
from fablabmesh.notices.rules import Kind
from fablabmesh.places.models import Place
from fablabmesh.zones.rules import timezone_of_department

# After so many seconds at it, the chore lets the others have their turn.
TURN = 10.0
TROUBLE = "calendar-trouble"
KIND_LABELS = {TROUBLE: _l("Panne d’un agenda suivi")}
_log = logging.getLogger("fablabmesh.imports")


@dataclass(frozen=True)
class Fetcher:
    """What asking other people's sites takes. `agent`: who we say that we are."""

    agent: str
    fence: Fence = field(default_factory=Fence)
    resolve: Resolve = look_up

    def fetch(self, url: str, *, etag: str = "", modified: str = "") -> Fetched:
        """What the address answers; Unfetched when it does not."""
        return fetch(url, agent=self.agent, etag=etag, modified=modified, fence=self.fence, resolve=self.resolve)


def install(factory: scoped_session[Session], fetcher: Fetcher) -> None:
    """Have every session of this factory know how to ask."""
    equip(factory, fetcher=fetcher)


def fetcher() -> Fetcher:
    """That of the session."""
    found: Fetcher = session().info["fetcher"]
    return found


# --- by a person -------------------------------------------------------------------------------------------------


def follow(
    place: Place,
    url: str,
    *,
    name: str,
    category_slug: str,
    language: str,
    every_minutes: int,
    ignored_uids: Iterable[str],
    by: Account | None,
    now: datetime,
) -> CalendarSource:
    """Have a calendar followed from now on. One that is followed already takes the new settings."""
    source = queries.find_source_by_url(place.id, url)
    if source is None:
        if len(queries.list_sources(place.id)) >= MOST_SOURCES:
            raise Refused(_("Un lieu suit dix agendas au plus : cessez d’abord d’en suivre un."))
        source = CalendarSource(place_id=place.id, url=url, created_at=now, created_by_id=by.id if by else None)
        session.add(source)
    source.place, source.name, source.every_minutes = place, name, every_minutes
    source.category_slug, source.language = category_slug, language
    source.ignored_uids = sorted(set(ignored_uids))[:MOST_IGNORED]
    source.is_paused, source.next_fetch_at = False, now + timedelta(minutes=every_minutes)
    source.etag = source.modified = source.digest = ""
    session.flush()
    return source


def change_source(
    source: CalendarSource, *, category_slug: str, language: str, every_minutes: int, now: datetime
) -> None:
    """Other settings; they hold for what is new from now on."""
    source.category_slug, source.language, source.every_minutes = category_slug, language, every_minutes
    source.next_fetch_at = min(source.next_fetch_at, now + timedelta(minutes=every_minutes))
    session.flush()


def pause_source(source: CalendarSource) -> None:
    """Leave its events as they are until it is resumed."""
    source.is_paused = True
    session.flush()


def resume_source(source: CalendarSource, *, now: datetime) -> None:
    """Have it read again as soon as can be."""
    source.is_paused, source.next_fetch_at = False, now
    session.flush()


def accept_losses(source: CalendarSource, *, seen: str, now: datetime) -> None:
    """Let a held calendar take away what it has lost, if that is still what the person was shown."""
    if not source.held_digest or source.held_digest != seen:
        raise Refused(_("L’agenda a encore changé depuis que cette page est affichée : relisez-la avant de confirmer."))
    source.accepted_digest, source.next_fetch_at, source.is_paused = seen, now, False
    # The whole of it is to be sent again.
    source.etag = source.modified = ""
    session.flush()


def end_source(source: CalendarSource, *, keep: bool, now: datetime) -> int:
    """Follow it no more. Its events stay, or what is yet to come is called off; says how many were."""
    called_off = 0
    if not keep:
        for record in queries.list_future_of(source.id, now=now):
            call_off(record, reason=_("L’agenda dont il vient n’est plus suivi."), now=now)
            called_off += 1
    session.delete(source)
    session.flush()
    return called_off


# --- by the worker -----------------------------------------------------------------------------------------------


def follow_due(now: datetime) -> int:
    """The chore: read again what is due, one calendar after the other, for a while."""
    start, done = monotonic(), 0
    while monotonic() - start < TURN and (source_id := _take(now)) is not None:
        follow_one(source_id, now)
        done += 1
    return done


def _take(now: datetime) -> int | None:
    """The next one, put off before it is asked: one that ends its worker is not asked for ever."""
    with transaction():
        source = queries.take_due_source(now=now)
        if source is None:
            return None
        source.next_fetch_at = now + timedelta(minutes=source.every_minutes)
        source.fetched_at = now
        return source.id


def follow_one(source_id: int, now: datetime) -> None:
    """Ask for a calendar and bring its events up to date, or note why not."""
    with transaction():
        source = session.get_one(CalendarSource, source_id)
        url, etag, modified = source.url, source.etag, source.modified
        home = timezone_of_department(session.get_one(Place, source.place_id).department_code)
    try:
        # No transaction is open while a stranger is waited for.
        answer = fetcher().fetch(url, etag=etag, modified=modified)
        calendar = None if answer.is_unchanged else read_apart(answer.body, home=home, now=now, since=now - OLD_AFTER)
        if calendar is not None and not calendar.is_whole:
            raise Failed(_("L’agenda reçu est incomplet : il a sans doute été coupé en route."))
        with transaction():
            _bring(source_id, answer, calendar, now)
    except Conflict:  # somebody changed one of its events at the same moment
        _log.info("followed calendar %d is tried again at its next turn", source_id)
    except (Unfetched, Failed, Refused) as error:
        _fail(source_id, error.message, now)
    except Exception:  # the next calendar is not to blame
        _log.exception("followed calendar %d failed", source_id)
        _fail(source_id, _("La mise à jour a échoué de notre fait : l’incident est noté."), now)


def _bring(source_id: int, answer: Fetched, calendar: ReadCalendar | None, now: datetime) -> None:
    source = queries.lock_source(source_id)
    if source is None or source.is_paused:
        return
    source.read_at, source.failures, source.failing_since, source.failure = now, 0, None, ""
    if source.held_since is None:
        source.told_at = None
    if calendar is None:
        return
    step(source, calendar, now=now)
    if source.held_since is not None:
        _tell(source, now)
    # What was not taken over is to be sent again.
    source.etag, source.modified = (answer.etag, answer.modified) if source.held_since is None else ("", "")


def step(source: CalendarSource, calendar: ReadCalendar, *, now: datetime) -> None:
    """Bring the events of a place to what its followed calendar says, or hold it."""
    digest = digest_of_all(calendar)
    if digest == source.digest and source.held_since is None:
        return
    ignored = set(source.ignored_uids)
    wanted = [event for event in calendar.events if event.uid not in ignored]
    there = {event.uid for event in wanted} | set(calendar.lost_uids)
    future = queries.list_future_of(source.id, now=now)
    gone = [] if calendar.has_nameless else [record for record in future if record.event.uid not in there]
    if loses_too_much(len(gone), len(future), len(wanted)) and digest != source.accepted_digest:
        source.held_since, source.held_digest = source.held_since or now, digest
        source.held_titles = [record.event.title for record in gone]
        session.flush()
        return
    setting = queries.setting_of(
        source.place, category_slug=source.category_slug, language=source.language, source_id=source.id
    )
    known = queries.find_known([event.uid for event in wanted])
    counts = write(propose(wanted, known, setting), source.place, setting, origin=host_of(source.url), by=None, now=now)
    for record in gone:
        call_off(record, reason=_("Ne figure plus dans l’agenda d’origine."), now=now)
    source.held_since, source.held_digest, source.held_titles, source.accepted_digest = None, "", [], ""
    source.digest, source.name = digest, source.name or calendar.name
    source.report = {"counts": counts | {"gone": len(gone)}, "problems": problems_of(calendar)}
    session.flush()


def _fail(source_id: int, message: str, now: datetime) -> None:
    with transaction():
        source = queries.lock_source(source_id)
        if source is None:
            return
        source.failures += 1
        source.failing_since, source.failure = source.failing_since or now, message
        source.next_fetch_at = now + wait_after(source.failures, source.every_minutes)
        if now - source.failing_since >= TOLD_AFTER:
            _tell(source, now)


def _tell(source: CalendarSource, now: datetime) -> None:
    """A letter to those who look after the place, once for each trouble."""
    if source.told_at is not None:
        return
    source.told_at = now
    since = source.failing_since or now

    told = {
        "name": source.name or host_of(source.url),
        "place": source.place.name,
        "lost": len(source.held_titles),
        "day": f"{since:%d/%m/%Y}",
        "failure": source.failure,
    }
    path = f"/lieux/{source.place.slug}/agendas-suivis/{source.id}"
    for account in queries.list_people_of(source.place_id):
        notices.notify(
            account,
            Kind.SOURCE,
            told,
            path=path,
            template="imports/mail/trouble.html",
            sort=TROUBLE,
            about=source.id,
            now=now,
        )
