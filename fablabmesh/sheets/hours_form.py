"""Opening hours as a form asks for them: a week, public holidays, closed periods; to and from OpenStreetMap's notation.

What the form cannot say is not guessed: `read_hours` answers None, and the text is kept as it was written. Pure.
"""

import enum
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from fablabmesh.kit.i18n import gettext as _

DAYS: Final = ("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su")
MONTHS: Final = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")
LENGTHS: Final = (31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)
MOST_SPANS = 3
MIDNIGHT = 24 * 60
APPOINTMENT: Final = "sur rendez-vous"

_COMMENT: Final = re.compile(rf'\s*(?:unknown\s*)?"{APPOINTMENT}"$', re.IGNORECASE)
_RULE: Final = re.compile(r"(?:(?P<days>[A-Za-z,\- ]+?)\s+)?(?P<times>off|closed|\d.*)", re.DOTALL)
_TIME: Final = re.compile(r"(\d{1,2}):(\d\d)\s*-\s*(\d{1,2}):(\d\d)")
_DATE: Final = r"(?:(\d{4})\s+)?([A-Z][a-z]{2})\s+(\d{1,2})"
_CLOSED: Final = re.compile(rf"{_DATE}(?:\s*-\s*(?:{_DATE}|(\d{{1,2}})))?\s+(?:off|closed)")
_MONTH_CLOSED: Final = re.compile(r"(?:(\d{4})\s+)?([A-Z][a-z]{2})\s+(?:off|closed)")

# Minutes from midnight, which is 24 × 60 as an end; an end that is no later than its beginning is of the day after.
Span = tuple[int, int]


class Holidays(enum.StrEnum):
    """What is done on public holidays."""

    USUAL = "usual"
    CLOSED = "closed"
    OPEN = "open"

    @property
    def label(self) -> str:
        return {
            Holidays.USUAL: _("comme les autres jours"),
            Holidays.CLOSED: _("fermé"),
            Holidays.OPEN: _("ouvert à d’autres heures"),
        }[self]


@dataclass(frozen=True)
class Closure:
    """Closed from a day to another, both included, each as (month, day); every year, or in that of `year` alone."""

    first: tuple[int, int]
    last: tuple[int, int]
    year: int | None = None

    @property
    def years(self) -> tuple[int, int] | None:
        """The years of both days; the last one comes after the first."""
        if self.year is None:
            return None
        return (self.year, self.year + (self.last < self.first))


@dataclass(frozen=True)
class Hours:
    """What the form says. `days`: from Monday to Sunday; `by_appointment`: at these hours, or whenever, if none."""

    days: tuple[tuple[Span, ...], ...] = ((),) * 7
    holidays: Holidays = Holidays.USUAL
    holiday_spans: tuple[Span, ...] = ()
    closures: tuple[Closure, ...] = field(default=())
    by_appointment: bool = False

    @property
    def is_empty(self) -> bool:
        return self == Hours()


def write_hours(hours: Hours) -> str:
    """In OpenStreetMap's notation. Days alike are told together, from the first of them."""
    note = f' unknown "{APPOINTMENT}"' if hours.by_appointment else ""
    groups: dict[tuple[Span, ...], list[int]] = {}
    for number, spans in enumerate(hours.days):
        if spans:
            groups.setdefault(spans, []).append(number)
    rules = [f"{_write_days(days)} {_write_spans(spans)}{note}" for spans, days in groups.items()]
    if not rules and hours.by_appointment:
        rules = [f"Mo-Su{note}"]
    # After a semicolon a day is told anew, which would cut off the night of the evening before.
    is_late = any(end <= start for spans in hours.days for start, end in spans)
    week = (", " if is_late else "; ").join(rules)
    told = [week] if week else []
    if hours.holidays is Holidays.CLOSED:
        told.append("PH off")
    elif hours.holidays is Holidays.OPEN and hours.holiday_spans:
        told.append(f"PH {_write_spans(hours.holiday_spans)}{note}")
    told += [_write_closure(closure) for closure in hours.closures]
    return "; ".join(told)


def read_hours(text: str) -> Hours | None:
    """What the form would say for this text; None for what it has no words for."""
    if not text.strip():
        return Hours()
    if text.strip() == "24/7":
        return Hours((((0, MIDNIGHT),),) * 7)
    reader = _Reader()
    for part in text.split(";"):
        for place, rule in enumerate(_split_added(part)):
            if not reader.take(rule.strip(), is_added=place > 0):
                return None
    hours = reader.hours()
    return hours if hours is not None and find_fault(hours) is None else None


def find_fault(hours: Hours) -> tuple[int, str] | None:
    """The day (7: public holidays) whose hours make no sense, and why."""
    for number, spans in enumerate((*hours.days, hours.holiday_spans)):
        before = -1
        for place, (start, end) in enumerate(spans):
            if start <= before:
                return number, _("Deux plages se touchent ou se croisent : mettez-les dans l’ordre, ou en une seule.")
            if end <= start and place < len(spans) - 1:
                return number, _("Seule la dernière plage du jour peut passer minuit.")
            before = end
        if spans and spans[-1][1] <= spans[-1][0]:
            following = hours.days[(number + 1) % 7] if number < 7 else ()
            if number == 7 or (following and following[0][0] <= spans[-1][1]):
                return number, _("La nuit de ce jour-là rejoint l’ouverture du lendemain.")
    return None


# --- writing -----------------------------------------------------------------------------------------------------


def _write_days(days: Sequence[int]) -> str:
    runs: list[list[int]] = []
    for day in days:
        if runs and runs[-1][1] == day - 1:
            runs[-1][1] = day
        else:
            runs.append([day, day])
    told = []
    for first, last in runs:
        if last - first > 1:
            told.append(f"{DAYS[first]}-{DAYS[last]}")
        else:
            told += [DAYS[day] for day in range(first, last + 1)]
    return ",".join(told)


def _write_spans(spans: Iterable[Span]) -> str:
    return ",".join(f"{_write_time(start)}-{_write_time(end)}" for start, end in spans)


def _write_time(minutes: int) -> str:
    return f"{minutes // 60:02}:{minutes % 60:02}"


def _write_closure(closure: Closure) -> str:
    years = closure.years
    first, last = (
        f"{f'{year} ' if year else ''}{MONTHS[month - 1]} {day:02}"
        for year, (month, day) in zip(years or (0, 0), (closure.first, closure.last), strict=True)
    )
    return f"{first} off" if first == last else f"{first}-{last} off"


# --- reading -----------------------------------------------------------------------------------------------------


def _split_added(part: str) -> list[str]:
    """« Fr 20:00-02:00, Sa 10:00-17:00 » is two rules, « Mo,We 10:00-12:00,14:00-16:00 » one."""
    return re.split(r',(?=\s*(?:Mo|Tu|We|Th|Fr|Sa|Su|PH)\b)(?<=[0-9"],)', part)


class _Reader:
    """Rule by rule, as they come: after a semicolon a day is told anew, after a comma more is told of it."""

    def __init__(self) -> None:
        self._days: list[tuple[Span, ...] | None] = [None] * 7
        self._holidays = Holidays.USUAL
        self._holiday_spans: tuple[Span, ...] = ()
        self._closures: list[Closure] = []
        self._notes: set[bool] = set()
        self._is_anew = False

    def hours(self) -> Hours | None:
        is_late = any(end <= start for spans in self._days for start, end in spans or ())
        if len(self._notes) > 1 or (is_late and self._is_anew):
            return None
        return Hours(
            tuple(spans or () for spans in self._days),
            self._holidays,
            self._holiday_spans,
            tuple(self._closures),
            self._notes == {True},
        )

    def take(self, rule: str, *, is_added: bool) -> bool:
        """Is it one that the form has words for?"""
        if not rule:
            return True
        if re.fullmatch(r"PH\s+(off|closed)", rule):
            is_new = self._holidays is Holidays.USUAL
            self._holidays = Holidays.CLOSED
            return is_new
        return self._take_closure(rule) or self._take_week(rule, is_added)

    def _take_closure(self, rule: str) -> bool:
        closure = _read_closure(rule)
        if closure is not None:
            self._closures.append(closure)
        return closure is not None

    def _take_week(self, rule: str, is_added: bool) -> bool:
        has_note = _COMMENT.search(rule) is not None
        plain = _COMMENT.sub("", rule)
        if has_note and plain in ("", "Mo-Su", "24/7"):
            is_first = not self._notes
            self._notes.add(True)
            return is_first and not self._has_exceptions
        matched = _RULE.fullmatch(plain)
        spans = _read_times(matched["times"]) if matched else None
        # Exceptions are told last, as the form writes them: a week after them would open what they close.
        if matched is None or spans is None or self._closures:
            return False
        if spans:
            self._notes.add(has_note)
        days = (matched["days"] or "Mo-Su").strip()
        if days == "PH":
            is_new = self._holidays is Holidays.USUAL and not is_added
            self._holidays, self._holiday_spans = Holidays.OPEN, spans
            return is_new
        numbers = _read_days(days)
        return numbers is not None and not self._has_exceptions and self._put(numbers, spans, is_added)

    @property
    def _has_exceptions(self) -> bool:
        return bool(self._closures) or self._holidays is not Holidays.USUAL

    def _put(self, numbers: Sequence[int], spans: tuple[Span, ...], is_added: bool) -> bool:
        if is_added and any(self._days[day] for day in numbers):
            return False
        if not is_added and any(spans is not None for spans in self._days):
            self._is_anew = True
        for day in numbers:
            self._days[day] = spans
        return True


def _read_days(text: str) -> list[int] | None:
    found: list[int] = []
    for part in text.replace(" ", "").split(","):
        first, _dash, last = part.partition("-")
        if first not in DAYS or (last or first) not in DAYS:
            return None
        start, end = DAYS.index(first), DAYS.index(last or first)
        found += [day % 7 for day in range(start, (end if end >= start else end + 7) + 1)]
    return found if len(set(found)) == len(found) else None


def _read_times(text: str) -> tuple[Span, ...] | None:
    return () if text in ("off", "closed") else _read_spans(text)


def _read_spans(text: str) -> tuple[Span, ...] | None:
    spans: list[Span] = []
    for part in text.split(","):
        matched = _TIME.fullmatch(part.strip())
        if matched is None:
            return None
        start, end = int(matched[1]) * 60 + int(matched[2]), int(matched[3]) * 60 + int(matched[4])
        if start >= MIDNIGHT or int(matched[2]) > 59 or int(matched[4]) > 59 or end > 2 * MIDNIGHT:
            return None
        spans.append((start, end - MIDNIGHT if end > MIDNIGHT else end or MIDNIGHT))
    return tuple(spans) if len(spans) <= MOST_SPANS else None


def _read_closure(rule: str) -> Closure | None:
    matched = _CLOSED.fullmatch(rule)
    if matched is None:
        return _read_closed_month(rule)
    year, first_month, first_day, last_year, last_month, last_day, same_month_day = matched.groups()
    first = _read_day(first_month, first_day)
    last = _read_day(last_month or first_month, last_day or same_month_day or first_day)
    if first is None or last is None or (last_year and not year):
        return None
    closure = Closure(first, last, int(year) if year else None)
    if last_year and closure.years != (int(year), int(last_year)):
        return None
    return closure


def _read_closed_month(rule: str) -> Closure | None:
    matched = _MONTH_CLOSED.fullmatch(rule)
    if matched is None or matched[2] not in MONTHS:
        return None
    month = MONTHS.index(matched[2]) + 1
    return Closure((month, 1), (month, LENGTHS[month - 1]), int(matched[1]) if matched[1] else None)


def _read_day(month: str, day: str) -> tuple[int, int] | None:
    number = MONTHS.index(month) + 1 if month in MONTHS else 0
    return (number, int(day)) if number and 1 <= int(day) <= LENGTHS[number - 1] else None
