"""Writes of imports: queued by a person, read by the worker, chosen from by the person, written by the worker.

A file, or what an address answers, is never read by those who serve pages.
"""

import logging
from collections.abc import Collection, Sequence
from datetime import datetime

from sqlalchemy import delete
from sqlalchemy.orm import joinedload, undefer

from fablabmesh.accounts.models import Account
from fablabmesh.imports import queries
from fablabmesh.imports.models import CalendarImport
from fablabmesh.imports.plan import Proposal, propose
from fablabmesh.imports.rules import KEPT_FOR, MOST_ATTEMPTS, MOST_WAITING, OLD_AFTER, ImportState, Kind, host_of
from fablabmesh.imports.source_actions import fetcher, follow
from fablabmesh.imports.writing_actions import write
from fablabmesh.kit.db import Unreachable, session, transaction
from fablabmesh.kit.errors import Conflict, Refused
from fablabmesh.kit.fetch import Unfetched
from fablabmesh.kit.i18n import force_locale
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.ical_apart import Failed, calendar_from_json, read_apart, told_of
from fablabmesh.kit.ical_reading import ReadCalendar
from fablabmesh.places import queries as places
from fablabmesh.places.models import Place
from fablabmesh.zones.rules import timezone_of_department

_READ = (undefer(CalendarImport.reading),)
_log = logging.getLogger("fablabmesh.imports")


# --- by a person -------------------------------------------------------------------------------------------------


def ask_import(
    place: Place,
    *,
    by: Account | None,
    now: datetime,
    category_slug: str,
    language: str,
    tongue: str,
    file_name: str = "",
    content: bytes | None = None,
    url: str = "",
) -> CalendarImport:
    """Queue a file or an address. `tongue`: the language in which the report is to be written."""
    if by is not None and queries.count_waiting(by.id) >= MOST_WAITING:
        raise Refused(_("Vos derniers imports sont encore en attente : laissez-les finir avant d’en ajouter."))
    asked = CalendarImport(
        place_id=place.id,
        by_id=by.id if by else None,
        created_at=now,
        changed_at=now,
        state=ImportState.WAITING,
        category_slug=category_slug,
        language=language,
        tongue=tongue,
        file_name=file_name[:200],
        content=content,
        url=url,
    )
    session.add(asked)
    session.flush()
    return asked


def choose(asked: CalendarImport, numbers: Collection[int], *, follow_minutes: int | None, now: datetime) -> None:
    """Have the chosen events of a reading written; with minutes, have its address followed from now on.

    Of two who choose at once, one waits and is told.
    """
    current = queries.lock_import(asked.id)
    if current is None or current.state is not ImportState.READY:
        raise Refused(_("Cet import a déjà été fait : relisez l’agenda pour en importer davantage."))
    asked.chosen = {"numbers": sorted(numbers), "follow": follow_minutes if asked.url else None}
    asked.state, asked.attempts, asked.changed_at = ImportState.CHOSEN, 0, now
    session.flush()


def forget(asked: CalendarImport) -> None:
    """Give an import up, and what was read of it."""
    session.delete(asked)
    session.flush()


def list_proposals(asked: CalendarImport, calendar: ReadCalendar) -> list[Proposal]:
    """What would be done about each event of a reading, as things stand now."""
    known = queries.find_known([event.uid for event in calendar.events])
    setting = queries.setting_of(asked.place, category_slug=asked.category_slug, language=asked.language)
    return propose(calendar.events, known, setting)


def count_kinds(proposals: Sequence[Proposal]) -> dict[str, int]:
    """How many of each kind."""
    return {kind.value: sum(1 for each in proposals if each.kind is kind) for kind in Kind}


# --- by the worker -----------------------------------------------------------------------------------------------


def work(now: datetime) -> int:
    """The chore: read the next one that waits to be read, or write the next one that was chosen; how many, 0 or 1.

    One a turn: it is held from `now` on for the time of a lease, and no other chore waits for a long queue.
    """
    taken = _take(now)
    if taken is None:
        return 0
    import_id, state = taken
    try:
        (_read if state is ImportState.READING else _write)(import_id, now)
    except Conflict:
        _put_back(import_id, now)
    except Unreachable:  # the database left: what was accepted is held still, and taken again when its lease is over
        raise
    except (Failed, Unfetched, Refused) as error:
        _fail(import_id, error.message, now)
    except Exception:  # the next import is not to blame
        _log.exception("import %d failed", import_id)
        _fail(import_id, _("L’import a échoué de notre fait : l’incident est noté, réessayez plus tard."), now)
    return 1


def _take(now: datetime) -> tuple[int, ImportState] | None:
    """The next one, marked as taken before anything is done, so that one that ends its worker is not tried for ever."""
    with transaction():
        asked = queries.take_import(now=now)
        if asked is None:
            return None
        asked.attempts += 1
        asked.taken_at = asked.changed_at = now
        is_read = asked.state in (ImportState.CHOSEN, ImportState.WRITING)
        asked.state = ImportState.WRITING if is_read else ImportState.READING
        if asked.attempts > MOST_ATTEMPTS:
            asked.state = ImportState.FAILED
            asked.failure, asked.content, asked.reading = _("L’import n’aboutit pas."), None, None
        return asked.id, asked.state


def _read(import_id: int, now: datetime) -> None:
    with transaction():
        asked = session.get_one(CalendarImport, import_id)
        url, content, tongue = asked.url, asked.content, asked.tongue
        home = timezone_of_department(session.get_one(Place, asked.place_id).department_code)
    # No transaction is open while a stranger is waited for.
    with force_locale(tongue):
        data = fetcher().fetch(url).body if url else content or b""
        calendar = read_apart(data, home=home, now=now, since=now - OLD_AFTER)
    with transaction():
        asked = session.get_one(CalendarImport, import_id)
        asked.reading, asked.name, asked.content = told_of(calendar), calendar.name, None
        asked.state, asked.changed_at = ImportState.READY, now


def _write(import_id: int, now: datetime) -> None:
    """All that was chosen, or nothing."""
    with transaction():
        asked = session.get_one(CalendarImport, import_id, options=[joinedload(CalendarImport.by), *_READ])
        if asked.reading is None or asked.chosen is None:
            raise Refused(_("L’import n’aboutit pas."))
        calendar = calendar_from_json(asked.reading)
        numbers = set(asked.chosen["numbers"])
        chosen = [event for number, event in enumerate(calendar.events) if number in numbers]
        place = places.get_place_by_id(asked.place_id)
        source_id = None
        if asked.chosen["follow"]:
            source = follow(
                place,
                asked.url,
                name=asked.name,
                category_slug=asked.category_slug,
                language=asked.language,
                every_minutes=asked.chosen["follow"],
                ignored_uids={event.uid for event in calendar.events} - {event.uid for event in chosen},
                by=asked.by,
                now=now,
            )
            source_id = asked.source_id = source.id
        setting = queries.setting_of(
            place, category_slug=asked.category_slug, language=asked.language, source_id=source_id
        )
        proposals = propose(chosen, queries.find_known([event.uid for event in chosen]), setting)
        origin = host_of(asked.url) if asked.url else asked.file_name
        asked.counts = write(proposals, place, setting, origin=origin, by=asked.by, now=now)
        asked.state, asked.reading, asked.changed_at = ImportState.DONE, None, now


def _put_back(import_id: int, now: datetime) -> None:
    """Somebody changed one of the events at the same moment: once more, with what is there then."""
    with transaction():
        asked = session.get(CalendarImport, import_id)
        if asked is not None:
            asked.state, asked.changed_at = ImportState.CHOSEN, now


def _fail(import_id: int, message: str, now: datetime) -> None:
    with transaction():
        asked = session.get(CalendarImport, import_id)
        if asked is not None:
            asked.state, asked.failure, asked.changed_at = ImportState.FAILED, message, now
            asked.content = asked.reading = None


def erase_old(now: datetime) -> int:
    """The chore: imports of long ago, and what was read and never chosen from."""
    with transaction() as current:
        old = delete(CalendarImport).where(CalendarImport.created_at < now - KEPT_FOR)
        return len(current.scalars(old.returning(CalendarImport.id)).all())
