"""Which instants and days a search means: « maintenant », a day of the week, a wall time, a period. Pure."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from fablabmesh.directory.filters import NOW, UPDATE_DAYS, WEEKDAYS, Search
from fablabmesh.zones.rules import timezone_of_department

HOME = timezone_of_department(None)
# Those of the departments that have other clocks.
OVERSEAS = ("971", "972", "973", "974", "976")
Window = tuple[datetime, datetime]
Windows = tuple[tuple[Window, tuple[str, ...]], ...]


def windows_of(asked: str, now: datetime) -> Windows:
    """(from, until) in instants, and the overseas departments it holds for; « » stands for all other departments.

    A place fits that is open at some instant of it, the end left out unless the two are one.
    """
    found: dict[Window, list[str]] = {}
    for code in ("", *OVERSEAS):
        window = opening_window(asked, now, timezone_of_department(code))
        found.setdefault(window, []).append(code)
    return tuple((window, tuple(codes)) for window, codes in found.items())


def opening_window(asked: str, now: datetime, timezone: str) -> Window:
    """The instants that « maintenant », a day of the week or a wall time is in a time zone."""
    clock = ZoneInfo(timezone)
    if asked == NOW:
        minute = now.astimezone(UTC).replace(second=0, microsecond=0)
        return minute, minute
    if asked in WEEKDAYS:
        day = opening_day(asked, now.astimezone(clock).date())
        return _midnight(day, clock), _midnight(day + timedelta(days=1), clock)
    moment = datetime.fromisoformat(asked).replace(tzinfo=clock).astimezone(UTC)
    return moment, moment


def opening_day(weekday: str, today: date) -> date:
    """The next day of that name, today included."""
    return today + timedelta(days=(WEEKDAYS.index(weekday) - today.weekday()) % 7)


def _midnight(day: date, clock: ZoneInfo) -> datetime:
    return datetime.combine(day, time(), clock).astimezone(UTC)


def event_days(search: Search, today: date) -> tuple[date, date | None]:
    """The first and the last day on which something is to happen; None: however late."""
    if search.events:
        return today, today + timedelta(days=int(search.events))
    return search.since or today, search.until


def updated_since(search: Search, today: date) -> date:
    """The day that `updated` stands for."""
    if search.updated in UPDATE_DAYS:
        return today - timedelta(days=int(search.updated))
    return date.fromisoformat(search.updated)
