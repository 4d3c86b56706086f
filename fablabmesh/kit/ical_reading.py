"""Calendars of others, read: events by their UID, in wall times of a zone, with what could not be read. Pure.

Each event by itself: one that is broken is told, and the others are read. Nobody else's calendar is trusted to follow
the rules; what is plain is mended in silence, what is a guess is told as a remark. The opposite way is `kit.ical`.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.ical_component import Context, Parsed, parse
from fablabmesh.kit.ical_lines import Component, File, Unreadable, read_file
from fablabmesh.kit.ical_series import gather
from fablabmesh.kit.ical_values import BadValue
from fablabmesh.kit.recurrence import RuleError, Series, occurrences
from fablabmesh.kit.text import clean_line

MOST_PROBLEMS = 300
MOST_EVENTS = 5000
# All dates of all events, so far back and so far ahead.
MOST_OCCURRENCES = 50_000
HORIZON = timedelta(days=3 * 366)
_NOT_EVENTS = ("VTODO", "VJOURNAL", "VFREEBUSY", "VAVAILABILITY")


@dataclass(frozen=True)
class ReadChange:
    """One date of a series that differs. Empty words: as the series says."""

    recurrence: datetime
    starts: datetime
    ends: datetime
    is_cancelled: bool = False
    title: str = ""
    description: str = ""
    place: str = ""
    sequence: int = 0


@dataclass(frozen=True)
class ReadEvent:
    """One event. Wall times of `timezone`; an all-day one goes from the midnight of its first day to that of its last.

    `sequence` and `modified` are the calendar's own. `line`: where it stands in the file.
    """

    uid: str
    title: str
    starts: datetime
    ends: datetime
    timezone: str
    is_all_day: bool = False
    rrule: str = ""
    rdates: tuple[datetime, ...] = ()
    exdates: tuple[datetime, ...] = ()
    changes: tuple[ReadChange, ...] = ()
    sequence: int = 0
    modified: datetime | None = None
    is_cancelled: bool = False
    description: str = ""
    place: str = ""
    latitude: float | None = None
    longitude: float | None = None
    online: str = ""
    categories: tuple[str, ...] = ()
    language: str = ""
    line: int = 0


@dataclass(frozen=True)
class Problem:
    """What is wrong, where, and what to do. `is_lost`: an event is not read because of it; else it is a remark."""

    line: int
    what: str
    message: str
    is_lost: bool = False


@dataclass(frozen=True)
class ReadCalendar:
    """What a file says. `lost_uids`: of events that are there and cannot be read; `has_nameless`: or of which not even
    the UID can be. `left_out`: what is there and is no event for everybody (tasks, private ones)."""

    name: str = ""
    events: tuple[ReadEvent, ...] = ()
    problems: tuple[Problem, ...] = ()
    is_whole: bool = True
    lost_uids: tuple[str, ...] = ()
    has_nameless: bool = False


@dataclass
class _Report:
    problems: list[Problem] = field(default_factory=list)
    lost: set[str] = field(default_factory=set)
    has_nameless: bool = False

    def lose(self, component: Component, message: str) -> None:
        uid = component.text("UID").strip()
        if uid:
            self.lost.add(uid)
        else:
            self.has_nameless = True
        self.problems.append(Problem(component.number, title_of(component), message, is_lost=True))

    def remark(self, line: int, what: str, message: str) -> None:
        self.problems.append(Problem(line, what, message))


def read_calendar(data: bytes, *, home: str, now: datetime, since: datetime | None = None) -> ReadCalendar:
    """All events of a file. `home`: the zone of what says none. Unreadable for what is no calendar at all.

    `since`: for a calendar that is to be kept. What was over before is left aside, and there may be only so much left.
    """
    file = read_file(data)
    report = _Report()
    for number, message in file.remarks:
        report.remark(number, "", message)
    context = Context.of(file, home, now)
    parsed = list(_parse_all(file, context, report))
    by_uid: dict[str, list[Parsed]] = defaultdict(list)
    for each in parsed:
        by_uid[each.uid].append(each)
    events: list[ReadEvent] = []
    for members in by_uid.values():
        events += _gather(members, context, report)
    if since is not None:
        events = _only_recent(events, since, report)
        _refuse_too_many(events, now)
    _tell_the_rest(file, report)
    # An event of which a single date is lost is not lost.
    read = {event.uid for event in events}
    first = file.calendars[0] if file.calendars else None
    return ReadCalendar(
        name=clean_line(first.text("X-WR-CALNAME") or first.text("NAME"))[:200] if first else "",
        events=tuple(sorted(events, key=lambda event: (event.starts, event.uid))),
        problems=_shortened(report.problems),
        is_whole=file.is_whole,
        lost_uids=tuple(sorted(report.lost - read)),
        has_nameless=report.has_nameless,
    )


def title_of(component: Component) -> str:
    """How people know it: by its title, else by its UID."""
    return clean_line(component.text("SUMMARY"))[:120] or component.text("UID")[:120]


def _parse_all(file: File, context: Context, report: _Report) -> Iterable[Parsed]:
    private = 0
    for component in file.of_kind("VEVENT"):
        if component.text("CLASS").strip().upper() in ("PRIVATE", "CONFIDENTIAL"):
            private += 1
            continue
        try:
            each = parse(component, context)
        except (BadValue, RuleError) as error:
            report.lose(component, _sentence(error))
            continue
        except Exception:  # nobody can foresee all that a file may hold; the next event is not to blame
            report.lose(component, _("Cet événement n’a pas pu être lu : recopiez-le dans votre logiciel."))
            continue
        for message in each.remarks:
            report.remark(component.number, each.title, message)
        yield each
    if private:
        report.remark(0, "", _("Événements privés ou confidentiels laissés de côté : %(count)s.", count=private))


def _gather(members: Sequence[Parsed], context: Context, report: _Report) -> Iterable[ReadEvent]:
    component = members[0].component
    try:
        found = gather(members, context)
    except (BadValue, RuleError) as error:
        report.lose(component, _sentence(error))
        return
    except Exception:  # see above
        report.lose(component, _("Cet événement n’a pas pu être lu : recopiez-le dans votre logiciel."))
        return
    for line, message in found.remarks:
        report.remark(line, found.master.title, message)
    master, times = found.master, found.times
    if times is None:
        return
    yield ReadEvent(
        uid=master.uid,
        title=master.title,
        starts=times.starts,
        ends=times.ends,
        timezone=times.timezone,
        is_all_day=times.is_all_day,
        rrule=times.rrule,
        rdates=times.rdates,
        exdates=times.exdates,
        changes=tuple(ReadChange(**change) for change in found.changes),
        sequence=master.sequence,
        modified=master.modified.astimezone(UTC) if master.modified else None,
        is_cancelled=master.is_cancelled,
        line=component.number,
        **master.words,
    )


# --- what is to be kept ------------------------------------------------------------------------------------------


def is_over(event: ReadEvent, since: datetime) -> bool:
    """Is all of it before a moment?"""
    limit = since.replace(tzinfo=None) - timedelta(days=1)  # whatever the zone
    length = event.ends - event.starts
    if event.ends >= limit or any(change.ends >= limit for change in event.changes):
        return False
    if not (event.rrule or event.rdates):
        return True
    first = (limit - length).date() if event.is_all_day else limit - length
    return next(occurrences(_series_of(event), since=first), None) is None


def _only_recent(events: list[ReadEvent], since: datetime, report: _Report) -> list[ReadEvent]:
    kept = [event for event in events if not is_over(event, since)]
    if len(kept) < len(events):
        count = len(events) - len(kept)
        report.remark(0, "", _("Passés depuis longtemps, laissés de côté : %(count)s.", count=count))
    return kept


def _refuse_too_many(events: list[ReadEvent], now: datetime) -> None:
    """Each event has a page and each of its dates a row: an agenda of people has no end of neither."""
    if len(events) > MOST_EVENTS:
        raise Unreadable(
            _("L’agenda a plus de %(count)s événements : exportez une période plus courte.", count=MOST_EVENTS)
        )
    left = MOST_OCCURRENCES - len(events)
    first, last = (now.replace(tzinfo=None) + sign * HORIZON for sign in (-1, 1))
    for event in events:
        if event.rrule or event.rdates:
            since, until = (first.date(), last.date()) if event.is_all_day else (first, last)
            left -= sum(1 for _each in occurrences(_series_of(event), since=since, until=until, limit=left + 1))
        if left < 0:
            raise Unreadable(
                _("L’agenda a plus de %(count)s dates : exportez une période plus courte.", count=MOST_OCCURRENCES)
            )


def _series_of(event: ReadEvent) -> Series:
    walls = [event.starts, *event.rdates], event.exdates
    (start, *extra), excluded = ([wall.date() if event.is_all_day else wall for wall in each] for each in walls)
    return Series(start, event.timezone, event.rrule, tuple(extra), tuple(excluded))


def _sentence(error: Exception) -> str:
    if isinstance(error, RuleError):
        return _("%(why)s L’événement n’est pas repris : changez sa répétition dans votre logiciel.", why=error.message)
    return str(error)


def _tell_the_rest(file: File, report: _Report) -> None:
    for name in _NOT_EVENTS:
        count = sum(1 for _each in file.of_kind(name))
        if count:
            words = {"VTODO": _("tâches"), "VJOURNAL": _("notes de journal")}.get(name, _("disponibilités"))
            report.remark(0, "", _("Ne sont pas des événements : %(count)s %(what)s.", count=count, what=words))
    if not file.calendars:
        report.remark(1, "", _("« BEGIN:VCALENDAR » manque au début du fichier."))


def _shortened(problems: list[Problem]) -> tuple[Problem, ...]:
    """The losses first; of very many, so many."""
    told = sorted(problems, key=lambda problem: (not problem.is_lost, problem.line))
    if len(told) <= MOST_PROBLEMS:
        return tuple(told)
    rest = len(told) - MOST_PROBLEMS
    more = Problem(0, "", _("Et %(count)s autres remarques de ce genre.", count=rest))
    return (*(replace(problem) for problem in told[:MOST_PROBLEMS]), more)
