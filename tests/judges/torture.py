"""A calendar made to be hard to read, and what must be read in it: counted out by plain loops over days and months, in
wall time, with zoneinfo alone. No recurrence library takes part in what is expected."""

import calendar
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

from fablabmesh.kit.clock_changes import tell_changes
from fablabmesh.kit.ical import Entry
from tests.judges.occurrence import Occurrence, Span, spell

SPAN = Span(date(2026, 1, 1), date(2028, 1, 1))
PARIS, MIQUELON, NOUMEA, REUNION, MARTINIQUE, CAYENNE, MAYOTTE, MARQUESAS = map(
    ZoneInfo,
    (
        "Europe/Paris",
        "America/Miquelon",
        "Pacific/Noumea",
        "Indian/Reunion",
        "America/Martinique",
        "America/Cayenne",
        "Indian/Mayotte",
        "Pacific/Marquesas",
    ),
)
CHANGED = datetime(2026, 2, 1, 8, 30, tzinfo=UTC)
MO, TU, WE, TH, FR, SA, SU = range(7)
Wall = datetime | date


@dataclass(frozen=True)
class Event:
    """Entries for the calendar, and the occurrences that a reader must find in them."""

    entries: list[Entry]
    occurrences: list[Occurrence]


def events() -> list[Event]:
    return [*singles(), *weekly(), *monthly(), *yearly_and_daily(), *nights(), *whole_days()]


def expected(found: Iterable[Event]) -> list[Occurrence]:
    everything = [occurrence for event in found for occurrence in event.occurrences]
    return sorted(occurrence for occurrence in everything if SPAN.holds(occurrence.start))


# --- counting out ------------------------------------------------------------------------------------------------


def days(first: Wall, step: int, until: Wall, weekdays: Iterable[int] = range(7)) -> list[Wall]:
    """Every `step` days, as far as `until`, which is in; those on one of the weekdays."""
    found, day = [], first
    while day <= until:
        if day.weekday() in weekdays:
            found.append(day)
        day += timedelta(days=step)
    return found


def weeks(first: Wall, step: int, weekdays: Iterable[int], until: Wall) -> list[Wall]:
    """On these weekdays of every `step`-th week, weeks beginning on Monday."""
    monday = first - timedelta(days=first.weekday())
    starts = days(monday, 7 * step, until)
    found = [start + timedelta(days=weekday) for start in starts for weekday in sorted(weekdays)]
    return [wall for wall in found if first <= wall <= until]


def months(first: Wall, pick: Callable[[int, int], int | None], until: Wall, step: int = 1) -> list[Wall]:
    """The day that `pick` gives for a year and a month, every `step` months."""
    found, month = [], first.year * 12 + first.month - 1
    while month <= until.year * 12 + until.month - 1:
        day = pick(month // 12, month % 12 + 1)
        if day is not None:
            found.append(first.replace(year=month // 12, month=month % 12 + 1, day=day))
        month += step
    return [wall for wall in found if first <= wall <= until]


def nth(number: int, weekday: int) -> Callable[[int, int], int | None]:
    """The nth such weekday of a month; -1 is the last."""

    def pick(year: int, month: int) -> int | None:
        last = calendar.monthrange(year, month)[1]
        found = [day for day in range(1, last + 1) if date(year, month, day).weekday() == weekday]
        return found[number if number < 0 else number - 1] if number <= len(found) else None

    return pick


def last_working_day(year: int, month: int) -> int:
    day = calendar.monthrange(year, month)[1]
    while date(year, month, day).weekday() in (SA, SU):
        day -= 1
    return day


def day_31(year: int, month: int) -> int | None:
    return 31 if calendar.monthrange(year, month)[1] == 31 else None


# --- making events -----------------------------------------------------------------------------------------------


def aware(wall: Wall, zone: ZoneInfo) -> Wall:
    return wall.replace(tzinfo=zone) if isinstance(wall, datetime) else wall


def single(uid: str, start: Wall, end: Wall, title: str = "Un jour", cancelled: bool = False, **more: object) -> Event:
    """Whole days: `end` is the last one."""
    entry = Entry(uid, title, start, end, CHANGED, cancelled=cancelled, **more)  # type: ignore[arg-type]
    return Event([entry], [_occurrence(entry)])


def series(
    uid: str,
    zone: ZoneInfo,
    starts: list[Wall],
    length: timedelta,
    rule: str,
    *,
    title: str = "",
    added: Iterable[Wall] = (),
    left_out: Iterable[Wall] = (),
    cancelled: Iterable[Wall] = (),
    moved: Mapping[Wall, tuple[Wall, ZoneInfo]] | None = None,
) -> Event:
    """`starts`: what the rule gives. `length`: in wall time; from the first day to the last for whole days."""
    title = title or f"{uid} ({zone.key})"
    added, left_out, cancelled, moved = tuple(added), set(left_out), set(cancelled), dict(moved or {})
    first = starts[0]
    assert {*left_out, *cancelled, *moved} <= {*starts, *added}

    def make(wall: Wall, there: ZoneInfo, **more: object) -> Entry:
        return Entry(uid, title, aware(wall, there), aware(wall + length, there), CHANGED, **more)  # type: ignore[arg-type]

    def between(since: datetime, until: datetime) -> list[datetime]:
        every = {*starts, *added} - left_out
        return [wall for wall in sorted(every) if isinstance(wall, datetime) and since <= wall <= until]

    def told(walls: Iterable[Wall]) -> tuple[Wall, ...]:
        return tuple(aware(wall, zone) for wall in sorted(walls))

    master = make(first, zone, rrule=rule, rdates=told(added), exdates=told(left_out))
    overrides = [
        make(*moved.get(wall, (wall, zone)), recurrence_id=aware(wall, zone), revision=1, cancelled=wall in cancelled)
        for wall in sorted({*cancelled, *moved})
    ]
    different = {entry.recurrence_id: entry for entry in overrides}
    found = []
    for wall in sorted({*starts, *added} - left_out):
        found.append(_occurrence(different.get(aware(wall, zone)) or make(wall, zone)))
    return Event(tell_changes([master, *overrides], between), found)


def _occurrence(entry: Entry) -> Occurrence:
    end = entry.end if isinstance(entry.end, datetime) else entry.end + timedelta(days=1)
    status = "CANCELLED" if entry.cancelled else "CONFIRMED"
    return Occurrence(entry.uid, spell(entry.start), spell(end), entry.title, status)


def at(*parts: int) -> datetime:
    return datetime(*parts)  # noqa: DTZ001 - a wall time


HOUR = timedelta(hours=1)
END = at(2027, 12, 31, 23, 59)


# --- the calendar ------------------------------------------------------------------------------------------------


def singles() -> Iterator[Event]:
    def paris(*parts: int, fold: int = 0) -> datetime:
        return datetime(*parts, tzinfo=PARIS, fold=fold)

    yield single("skipped", paris(2026, 3, 29, 2, 30), paris(2026, 3, 29, 4, 0))
    yield single("ends-skipped", paris(2027, 3, 27, 23, 0), paris(2027, 3, 28, 2, 15))
    yield single("spring-night", paris(2026, 3, 28, 22, 0), paris(2026, 3, 29, 6, 0))
    yield single("autumn-night", paris(2026, 10, 24, 22, 0), paris(2026, 10, 25, 6, 0))
    yield single("spring-weekend", paris(2027, 3, 26, 18, 0), paris(2027, 3, 28, 18, 0))
    yield single("first-of-two", paris(2026, 10, 25, 2, 30), paris(2026, 10, 25, 2, 45))
    yield single("second-of-two", paris(2026, 10, 25, 2, 30, fold=1), paris(2026, 10, 25, 2, 45, fold=1))
    yield single("across-two", paris(2027, 10, 31, 2, 30), paris(2027, 10, 31, 3, 30))
    yield single("no-length", paris(2026, 6, 1, 9, 0), paris(2026, 6, 1, 9, 0))
    yield single("utc", datetime(2026, 3, 29, 0, 59, tzinfo=UTC), datetime(2026, 3, 29, 1, 1, tzinfo=UTC))
    yield single("two-zones", paris(2026, 7, 1, 23, 0), datetime(2026, 7, 2, 12, 0, tzinfo=NOUMEA))
    yield single("new-year", datetime(2026, 12, 31, 22, tzinfo=NOUMEA), datetime(2027, 1, 1, 2, tzinfo=NOUMEA))
    yield single("cancelled", paris(2026, 5, 5, 18), paris(2026, 5, 5, 20), cancelled=True)
    for number, title in enumerate(TITLES):
        start = paris(2026, 9, 1, 18) + timedelta(days=number)
        yield single(f"title-{number}", start, start + HOUR, title, description=title * 3, tags=(title,), place=title)
    for number, zone in enumerate((MIQUELON, NOUMEA, REUNION, MARTINIQUE, CAYENNE, MAYOTTE, MARQUESAS)):
        for day in (
            at(2026, 3, 8),
            at(2026, 3, 29),
            at(2026, 10, 25),
            at(2026, 11, 1),
            at(2027, 3, 14),
            at(2027, 3, 28),
        ):
            start = (day + timedelta(hours=5, minutes=7 * number)).replace(tzinfo=zone)
            yield single(f"{zone.key}-{day:%Y%m%d}", start, start + 2 * HOUR)


TITLES = (
    "Point ; virgule, antislash \\ et \\n qui n’en est pas un",
    'Des "guillemets", deux : points; et a=b;c:d,e',
    "🛠️ Réparation 👩‍🔧👨🏽‍🔧 café ☕ – toutes et tous",
    "Une ligne très longue, " * 12 + "fin",
    "é" * 90,
    "👩‍🔧" * 40,
    "C:\\Nouveau\\dossier",
    "%0D%0AATTENDEE:x ^n ^' ^^",
    "<b>gras</b> &amp; | # * _",
    "Tab et nbsp\u00a0: l’œuvre « à façon » – ẞ ﬁ İ",
)


def weekly() -> Iterator[Event]:
    tuesdays = weeks(at(2026, 1, 6, 18, 30), 1, [TU], END)
    yield series(
        "tuesdays", PARIS, tuesdays, 2 * HOUR, "FREQ=WEEKLY;BYDAY=TU",
        title="Ouverture du mardi, à l’atelier ; entrée libre",
        left_out=[tuesdays[7], tuesdays[12], tuesdays[43]],
        cancelled=[tuesdays[11], tuesdays[60]],
        moved={tuesdays[13]: (at(2026, 4, 9, 9, 0), PARIS), tuesdays[42]: (at(2026, 10, 25, 2, 30), PARIS)},
    )  # fmt: skip
    both = weeks(at(2026, 1, 6, 9, 0), 1, [TU, TH], at(2027, 6, 24, 9, 0))
    yield series("until", PARIS, both, 3 * HOUR, "FREQ=WEEKLY;UNTIL=20270624T070000Z;BYDAY=TU,TH")
    # Sundays, close to the hour that is skipped or comes twice.
    before = weeks(at(2026, 1, 4, 1, 15), 1, [SU], END)
    yield series("before", PARIS, before, timedelta(minutes=30), "FREQ=WEEKLY")
    after = weeks(at(2026, 1, 4, 3, 0), 1, [SU], END)
    yield series("after", PARIS, after, timedelta(minutes=45), "FREQ=WEEKLY;BYDAY=SU")
    third = weeks(at(2026, 2, 2, 14, 0), 3, [MO, WE], END)[:30]
    yield series("third-weeks", PARIS, third, HOUR, "FREQ=WEEKLY;INTERVAL=3;COUNT=30;BYDAY=MO,WE;WKST=MO")
    saturdays = weeks(at(2026, 1, 3, 10, 0), 1, [SA], END)
    yield series(
        "saturdays", MIQUELON, saturdays, 2 * HOUR, "FREQ=WEEKLY;BYDAY=SA",
        left_out=[saturdays[9]], moved={saturdays[44]: (at(2026, 11, 1, 3, 0), MIQUELON)}, cancelled=[saturdays[62]],
    )  # fmt: skip
    sundays = weeks(at(2026, 2, 1, 3, 30), 2, [SU], END)
    yield series("miquelon-sundays", MIQUELON, sundays, HOUR, "FREQ=WEEKLY;INTERVAL=2")
    online = weeks(at(2026, 3, 2, 8, 0), 1, [MO], at(2026, 5, 25, 8, 0))
    yield series("in-utc", ZoneInfo("UTC"), online, HOUR, "FREQ=WEEKLY;UNTIL=20260525T080000Z")


def monthly() -> Iterator[Event]:
    fridays = months(at(2026, 1, 30, 17, 0), nth(-1, FR), END)
    yield series(
        "last-fridays", NOUMEA, fridays, 2 * HOUR, "FREQ=MONTHLY;BYDAY=-1FR",
        moved={fridays[2]: (at(2026, 3, 28, 18, 0), NOUMEA), fridays[5]: (at(2026, 6, 27, 9, 0), PARIS)},
        cancelled=[fridays[5], fridays[9]],
    )  # fmt: skip
    paris_fridays = months(at(2026, 1, 30, 19, 0), nth(-1, FR), END)
    yield series("paris-fridays", PARIS, paris_fridays, 2 * HOUR, "FREQ=MONTHLY;BYDAY=-1FR")
    second = months(at(2026, 1, 10, 14, 0), nth(2, SA), END)
    yield series("second-saturdays", REUNION, second, 3 * HOUR, "FREQ=MONTHLY;BYDAY=2SA", added=[at(2026, 5, 2, 14, 0)])
    yield series("day-31", MARTINIQUE, months(at(2026, 1, 31, 8, 0), day_31, END), HOUR, "FREQ=MONTHLY;BYMONTHDAY=31")
    working = months(at(2026, 1, 30, 12, 0), last_working_day, END)
    yield series("payday", PARIS, working, HOUR, "FREQ=MONTHLY;BYDAY=MO,TU,WE,TH,FR;BYSETPOS=-1")
    quarters = months(at(2026, 3, 29, 10, 0), lambda *_: 29, END, step=3)
    yield series("quarters", PARIS, quarters[:8], HOUR, "FREQ=MONTHLY;INTERVAL=3;COUNT=8")


def yearly_and_daily() -> Iterator[Event]:
    changes = [at(2025, 3, 30, 10, 0), at(2026, 3, 29, 10, 0), at(2027, 3, 28, 10, 0)]
    yield series("day-of-change", PARIS, changes, HOUR, "FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU")
    camp = days(at(2026, 10, 20, 8, 0), 1, at(2026, 11, 5, 8, 0))
    yield series("autumn-camp", PARIS, camp, 8 * HOUR, "FREQ=DAILY;UNTIL=20261105T070000Z", cancelled=[camp[5]])
    every = days(at(2026, 2, 20, 18, 0), 1, END)[:60]
    yield series("sixty-days", CAYENNE, every, HOUR, "FREQ=DAILY;COUNT=60", left_out=every[3:6])
    other = days(at(2027, 3, 1, 7, 0), 2, END)[:40]
    yield series("other-days", PARIS, other, HOUR, "FREQ=DAILY;INTERVAL=2;COUNT=40", added=[at(2027, 3, 28, 4, 0)])
    extra = [at(2026, 4, 4, 10, 0), at(2026, 10, 26, 10, 0), at(2027, 4, 3, 10, 0)]
    yield series("dates-alone", MAYOTTE, [at(2026, 3, 7, 10, 0)], HOUR, "", added=extra, cancelled=[extra[1]])
    yield series("paris-dates", PARIS, [at(2026, 3, 7, 10, 0)], HOUR, "", added=extra, left_out=[extra[2]])


def nights() -> Iterator[Event]:
    """Over midnight; on Saturdays, also over the changes themselves: the end is what the clock on the wall says."""
    thursdays = weeks(at(2026, 1, 1, 22, 0), 1, [TH], END)
    yield series("thursday-nights", MARQUESAS, thursdays, timedelta(hours=3, minutes=30), "FREQ=WEEKLY;BYDAY=TH")
    fridays = weeks(at(2026, 1, 2, 18, 0), 1, [FR], END)
    yield series("weekends-away", PARIS, fridays, timedelta(days=2), "FREQ=WEEKLY;BYDAY=FR", cancelled=[fridays[12]])
    saturdays = weeks(at(2026, 1, 3, 22, 0), 1, [SA], END)
    yield series("saturday-nights", PARIS, saturdays, 8 * HOUR, "FREQ=WEEKLY", left_out=[saturdays[42]])
    since_spring = weeks(at(2026, 3, 28, 22, 0), 1, [SA], END)[:40]
    yield series("since-spring", PARIS, since_spring, 8 * HOUR, "FREQ=WEEKLY;COUNT=40")
    since_autumn = months(at(2026, 10, 31, 22, 0), nth(-1, SA), END)
    yield series("since-autumn", MIQUELON, since_autumn, 6 * HOUR, "FREQ=MONTHLY;BYDAY=-1SA")
    ends_skipped = weeks(at(2026, 1, 3, 23, 0), 1, [SA], END)
    yield series("until-half-past-two", PARIS, ends_skipped, timedelta(hours=3, minutes=30), "FREQ=WEEKLY;BYDAY=SA")
    twice = weeks(at(2026, 1, 4, 1, 30), 1, [SU], END)
    yield series("comes-twice", MIQUELON, twice, timedelta(minutes=20), "FREQ=WEEKLY")
    yield series("paris-thursdays", PARIS, thursdays[:20], 4 * HOUR, "FREQ=WEEKLY;COUNT=20")


def whole_days() -> Iterator[Event]:
    saturdays = weeks(date(2026, 3, 7), 1, [SA], date(2027, 12, 31))
    yield series(
        "open-days", PARIS, saturdays[:40], timedelta(0), "FREQ=WEEKLY;COUNT=40",
        left_out=[saturdays[2]], moved={saturdays[3]: (date(2026, 3, 29), PARIS)}, cancelled=[saturdays[30]],
    )  # fmt: skip
    weekends = months(date(2026, 1, 31), nth(-1, SA), date(2027, 12, 31))
    yield series("weekends", PARIS, weekends, timedelta(days=1), "FREQ=MONTHLY;BYDAY=-1SA", added=[date(2026, 5, 9)])
    festival = [date(2024, 10, 24), date(2025, 10, 24), date(2026, 10, 24), date(2027, 10, 24)]
    yield series("festival", PARIS, festival, timedelta(days=2), "FREQ=YEARLY;UNTIL=20271024")
    for day in (date(2026, 3, 29), date(2026, 10, 25), date(2026, 12, 31), date(2027, 2, 28)):
        yield single(f"day-{day}", day, day)
    yield single("days", date(2027, 3, 27), date(2027, 3, 29), cancelled=True)


def all_entries(found: Iterable[Event]) -> list[Entry]:
    return [entry for event in found for entry in event.entries]
