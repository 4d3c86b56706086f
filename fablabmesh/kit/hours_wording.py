"""Opening hours as people say them: now, today, this week, and in a usual week. Pure.

Hours come as spans on the clocks of the place; where the notation cannot be read there are none, and the page shows
what was written.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

from fablabmesh.kit.i18n import day as told_day
from fablabmesh.kit.i18n import format_date, listed
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.opening_hours import list_stretches
from fablabmesh.kit.public_holidays import holiday_name

_A_DAY = 24 * 60
# A usual week is what most of so many weeks have in common, the present one in the middle.
WEEKS_AROUND = 4
# So far ahead one looks for the next opening.
DAYS_AHEAD = 60


@dataclass(frozen=True)
class Span:
    """A stretch of time in one state. `is_open`: None where it depends; `note`: why, or how. Both ends on one clock."""

    starts: datetime
    ends: datetime
    is_open: bool | None
    note: str = ""


@dataclass(frozen=True)
class Piece:
    """What a day has of it, in minutes from its midnight; the end may lie in the night that follows."""

    start: int
    end: int
    is_sure: bool
    note: str = ""

    @property
    def is_whole_day(self) -> bool:
        return self.start == 0 and self.end >= _A_DAY


@dataclass(frozen=True)
class Day:
    """A line of the table. `note`: a holiday, or what is not as usual."""

    date: date
    name: str
    hours: str
    note: str = ""
    is_today: bool = False
    is_closed: bool = False


@dataclass(frozen=True)
class Hours:
    """All that a page says of opening hours. `is_open`: None where it depends."""

    is_open: bool | None
    now: str
    today: str
    week: tuple[Day, ...]


def range_of(today: date) -> tuple[date, date]:
    """The first day that is needed to tell of today, and the one after the last."""
    monday = today - timedelta(days=today.weekday())
    weeks = timedelta(weeks=WEEKS_AROUND)
    return monday - weeks - timedelta(days=1), max(monday + weeks + timedelta(weeks=1), today + timedelta(DAYS_AHEAD))


def read_spans(text: str, timezone: str, today: date) -> list[Span] | None:
    """What a notation says over `range_of` that day, on the clocks of the place; None where it cannot be read."""
    first, last = (datetime.combine(day, datetime.min.time(), ZoneInfo(timezone)) for day in range_of(today))
    stretches = list_stretches(text, timezone, first, last)
    return None if stretches is None else [Span(*stretch) for stretch in stretches]


@dataclass(frozen=True)
class Reading:
    """A notation that could be read: what to say of it now, and the usual week."""

    hours: Hours
    week: list[tuple[Piece, ...]]


def read_hours(text: str, timezone: str, now: datetime, *, department: str | None = None) -> Reading | None:
    """None for nothing, and for what cannot be read. `department`: for the holidays that only some have."""
    there = now.astimezone(ZoneInfo(timezone))
    spans = read_spans(text, timezone, there.date())
    if spans is None:
        return None
    return Reading(tell_hours(spans, there, department), usual_week(spans, there.date()))


def tell_hours(spans: Iterable[Span], now: datetime, department: str | None = None) -> Hours:
    """`now`: on the clocks of the place; `spans`: over `range_of` its day, in order."""
    known = [_without_zone(span) for span in spans]
    wall = now.replace(tzinfo=None)
    is_open, words = _tell_now(known, wall)
    return Hours(is_open, words, _tell_today(known, wall.date()), tuple(_tell_week(known, wall.date(), department)))


def usual_week(spans: Iterable[Span], today: date) -> list[tuple[Piece, ...]]:
    """From Monday to Sunday, what most of the weeks around have; of two as frequent, the nearer to now."""
    known = [_without_zone(span) for span in spans]
    monday = today - timedelta(days=today.weekday())
    return [_usual(known, monday + timedelta(days=number))[0] for number in range(7)]


def tell_usual_week(week: Sequence[tuple[Piece, ...]]) -> list[tuple[str, str]]:
    """(« du lundi au vendredi », « de 9 h à 18 h »): days that follow one another with the same hours in one line."""
    monday = date(2024, 1, 1)
    lines: list[tuple[int, int, str]] = []
    for number, pieces in enumerate(week):
        words = tell_pieces(pieces)
        if lines and lines[-1][2] == words:
            lines[-1] = (lines[-1][0], number, words)
        else:
            lines.append((number, number, words))

    def name(number: int) -> str:
        return str(format_date(monday + timedelta(days=number), "EEEE"))

    told = []
    for first, last, words in lines:
        if last - first == 6:
            told.append((_("Tous les jours"), words))
        elif last - first > 1:
            told.append((_("Du %(first)s au %(last)s", first=name(first), last=name(last)), words))
        else:
            told += [(_capital(name(number)), words) for number in range(first, last + 1)]
    return told


def tell_closing(closed_on: date, today: date) -> str:
    """Of a place that has closed for good, or will."""
    if closed_on > today:
        return _("Fermera définitivement le %(day)s.", day=told_day(closed_on))
    return _("Fermé définitivement depuis le %(day)s.", day=told_day(closed_on))


def tell_pieces(pieces: Sequence[Piece]) -> str:
    """« de 9 h à 12 h et de 14 h à 18 h », « sur rendez-vous », « fermé »."""
    return listed([_tell_piece(piece) for piece in pieces]) if pieces else _("fermé")


def by_day(spans: Iterable[Span], day: date) -> tuple[Piece, ...]:
    """When it is open, or may be, on that day. A night belongs to the evening it begins in."""
    found = []
    midnight = datetime.combine(day, datetime.min.time())
    for span in spans:
        if span.is_open is False:
            continue
        start, end = _minutes(midnight, span.starts), _minutes(midnight, span.ends)
        is_night = start % _A_DAY != 0 and end - start <= _A_DAY
        if is_night and not 0 <= start < _A_DAY:
            continue
        if not is_night:
            start, end = max(start, 0), min(end, _A_DAY)
        if start < end:
            piece = Piece(start, end, span.is_open is True, span.note)
            # Remarks without hours hold at any hour; that is not to be open day and night.
            found.append(replace(piece, is_sure=False) if piece.note and piece.is_whole_day else piece)
    return tuple(found)


# --- now and today ------------------------------------------------------------------------------------------------


def _tell_now(spans: list[Span], now: datetime) -> tuple[bool | None, str]:
    for span in spans:
        if span.is_open is not False and span.starts <= now < span.ends:
            if span.is_open is None or (span.note and span.ends - span.starts >= timedelta(days=1)):
                return None, _(
                    "Ouverture à confirmer : %(note)s", note=span.note or _("renseignez-vous auprès du lieu")
                )
            return True, _tell_open(span, now)
    coming = next((span for span in spans if span.is_open is not False and span.starts > now), None)
    if coming is None:
        return False, _("Fermé pour le moment")
    return False, _tell_opening(coming.starts, now)


def _tell_open(span: Span, now: datetime) -> str:
    if span.ends - now > timedelta(days=7):
        return _("Ouvert maintenant, jour et nuit")
    hour = tell_hour(span.ends)
    # At midnight, or in the small hours of the same night, nobody asks for the day.
    if span.ends - now < timedelta(hours=24) and (span.ends.date() == now.date() or span.ends.hour < 6):
        return _("Ouvert maintenant, jusqu’à %(hour)s", hour=hour)
    return _("Ouvert maintenant, jusqu’à %(day)s %(hour)s", day=format_date(span.ends.date(), "EEEE"), hour=hour)


def _tell_opening(opens: datetime, now: datetime) -> str:
    hour, days = tell_hour(opens), (opens.date() - now.date()).days
    if days == 0:
        return _("Fermé maintenant. Ouvre à %(hour)s", hour=hour)
    if days == 1:
        return _("Fermé maintenant. Ouvre demain à %(hour)s", hour=hour)
    if days < 7:
        name = format_date(opens.date(), "EEEE")
        return _("Fermé maintenant. Ouvre %(day)s à %(hour)s", day=name, hour=hour)
    return _(
        "Fermé maintenant. Ouvre le %(day)s à %(hour)s",
        day=f"{format_date(opens.date(), 'EEEE')} {told_day(opens.date(), 'd MMMM')}",
        hour=hour,
    )


def _tell_today(spans: list[Span], today: date) -> str:
    pieces = by_day(spans, today)
    if not pieces:
        return _("Fermé aujourd’hui")
    if all(piece.is_sure for piece in pieces):
        return _("Ouvert aujourd’hui %(hours)s", hours=tell_pieces(pieces))
    return _("Aujourd’hui : %(hours)s", hours=tell_pieces(pieces))


# --- the week -----------------------------------------------------------------------------------------------------


def _tell_week(spans: list[Span], today: date, department: str | None) -> Iterable[Day]:
    monday = today - timedelta(days=today.weekday())
    for number in range(7):
        day = monday + timedelta(days=number)
        pieces = by_day(spans, day)
        notes = [_holiday(day, department), _exception(spans, day, pieces), _why_closed(spans, day)]
        yield Day(
            day,
            _capital(format_date(day, "EEEE d")),
            tell_pieces(pieces),
            " · ".join(dict.fromkeys(note for note in notes if note)),
            day == today,
            not pieces,
        )


def _holiday(day: date, department: str | None) -> str:
    name = holiday_name(day, department)
    return _("férié : %(name)s", name=name) if name else ""


def _exception(spans: list[Span], day: date, pieces: tuple[Piece, ...]) -> str:
    """Closed where nearly all weeks are open, or hours that no other week has. What comes monthly is no exception."""
    usual, frequency, own = _usual(spans, day)
    if pieces == usual or frequency < 2 * WEEKS_AROUND - 1:
        return ""
    if not pieces:
        return _("fermeture exceptionnelle")
    return _("horaires exceptionnels") if own == 1 else ""


def _usual(spans: list[Span], day: date) -> tuple[tuple[Piece, ...], int, int]:
    """(what that weekday usually has, in how many weeks, in how many there is what this day has)."""
    around = sorted(range(-WEEKS_AROUND, WEEKS_AROUND + 1), key=abs)
    seen = Counter(by_day(spans, day + timedelta(weeks=week)) for week in around)
    usual, frequency = seen.most_common(1)[0]
    return usual, frequency, seen[by_day(spans, day)]


def _why_closed(spans: list[Span], day: date) -> str:
    noon = datetime.combine(day, datetime.min.time()) + timedelta(hours=12)
    return next((s.note for s in spans if s.is_open is False and s.note and s.starts <= noon < s.ends), "")


# --- words --------------------------------------------------------------------------------------------------------


def tell_hour(moment: datetime) -> str:
    """« 9 h », « 18 h 30 », « minuit »."""
    return _tell_minute(moment.hour * 60 + moment.minute)


def _tell_minute(minute: int) -> str:
    hour, rest = divmod(minute % _A_DAY, 60)
    if not hour and not rest:
        return _("minuit")
    return _("%(hour)d h %(minute)s", hour=hour, minute=f"{rest:02}") if rest else _("%(hour)d h", hour=hour)


def _tell_piece(piece: Piece) -> str:
    if piece.is_whole_day:
        return piece.note or (_("jour et nuit") if piece.is_sure else _("à confirmer auprès du lieu"))
    hours = _("de %(start)s à %(end)s", start=_tell_minute(piece.start), end=_tell_minute(piece.end))
    if piece.note:
        return _("%(hours)s (%(note)s)", hours=hours, note=piece.note)
    return hours if piece.is_sure else _("%(hours)s (à confirmer)", hours=hours)


def _capital(text: str) -> str:
    return text[:1].upper() + text[1:]


def _minutes(midnight: datetime, moment: datetime) -> int:
    return int((moment - midnight).total_seconds() // 60)


def _without_zone(span: Span) -> Span:
    """Hours are those of the wall: the night of a clock change has as many as it says."""
    return replace(span, starts=span.starts.replace(tzinfo=None), ends=span.ends.replace(tzinfo=None))
