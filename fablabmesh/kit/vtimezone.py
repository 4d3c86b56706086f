"""VTIMEZONE components, derived from the standard library's zoneinfo. Pure: no calendar library takes part.

A rule that still holds becomes one RRULE, and what happened once becomes one RDATE a line: some of the most used
readers take only the first date of a list. An onset is written in the wall time that was shown just before it
(RFC 5545 §3.6.5), which is what makes instants turn into the right wall time on the morning of a change.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

# Constants and not the clock: the same zone is written with the same bytes next year.
FIRST_YEAR = 2010  # what happened before is told only as far back as a living rule reaches
LAST_YEAR = 2037  # a change is a rule only if it comes back every year until this one
_OLDEST_YEAR = 1990
Kind = tuple[timedelta, timedelta, str]
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


@dataclass(frozen=True)
class Change:
    """One moment when the clocks of a zone are moved."""

    at: datetime
    before: timedelta
    after: timedelta
    name: str

    @property
    def onset(self) -> datetime:
        """The naive wall time shown just before the change."""
        return (self.at + self.before).replace(tzinfo=None)

    @property
    def kind(self) -> Kind:
        """What an observance says besides its dates."""
        return (self.before, self.after, self.name)


@lru_cache(maxsize=128)
def render_timezone(key: str) -> bytes:
    """The VTIMEZONE of an IANA zone, right from 2010 to 2037 and for as long after as today's rule lives.

    ValueError for a name that zoneinfo does not know.
    """
    try:
        zone = ZoneInfo(key)
    except (ZoneInfoNotFoundError, ValueError, OSError) as error:
        raise ValueError(f"unknown time zone: {key!r}") from error
    lines = ["BEGIN:VTIMEZONE", f"TZID:{key}"]
    for observance in _observances(zone):
        lines += observance
    lines.append("END:VTIMEZONE")
    return "".join(f"{line}\r\n" for line in lines).encode("ascii")


def list_changes(zone: ZoneInfo, first_year: int, last_year: int) -> list[Change]:
    """Every change of offset between two years, both included, found by asking zoneinfo day after day."""
    changes = []
    moment = datetime(first_year, 1, 1, tzinfo=UTC)
    end = datetime(last_year + 1, 1, 1, tzinfo=UTC)
    while moment < end:
        tomorrow = moment + timedelta(days=1)
        if _offset_at(zone, moment) != _offset_at(zone, tomorrow):
            changes.append(_change_between(zone, moment, tomorrow))
        moment = tomorrow
    return changes


def _offset_at(zone: ZoneInfo, moment: datetime) -> timedelta:
    return moment.astimezone(zone).utcoffset() or timedelta()


def _change_between(zone: ZoneInfo, low: datetime, high: datetime) -> Change:
    before, after = _offset_at(zone, low), _offset_at(zone, high)
    while high - low > timedelta(seconds=1):
        middle = (low + (high - low) // 2).replace(microsecond=0)
        if _offset_at(zone, middle) == before:
            low = middle
        else:
            high = middle
    return Change(high, before, after, high.astimezone(zone).tzname() or "")


def _observances(zone: ZoneInfo) -> list[list[str]]:
    changes = list_changes(zone, _OLDEST_YEAR, LAST_YEAR)
    rules, since = _living_rules(changes)
    once = [change for change in changes if FIRST_YEAR <= change.onset.year < since]
    found = []
    if once or not rules:
        found.append(_opening(zone, once))
    by_kind: dict[Kind, list[Change]] = defaultdict(list)
    for change in once:
        by_kind[change.kind].append(change)
    for same in by_kind.values():
        dates = [f"RDATE:{_stamp(change.onset)}" for change in same[1:]]
        found.append(_observance(same[0], dates))
    found += [_observance(first, [f"RRULE:FREQ=YEARLY;{rule}"]) for first, rule in rules]
    return found


def _opening(zone: ZoneInfo, once: Sequence[Change]) -> list[str]:
    """What holds before the first change that is told (for most zones overseas: what holds, full stop)."""
    moment = once[0].at - timedelta(seconds=1) if once else datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    offset = _offset_at(zone, moment)
    name = moment.astimezone(zone).tzname() or ""
    start = datetime(1970, 1, 1, tzinfo=UTC) - offset
    return _observance(Change(start, offset, offset, name), [])


def _living_rules(changes: Sequence[Change]) -> tuple[list[tuple[Change, str]], int]:
    """The yearly rules in force until the last year, each with its first change, and the year they all begin.

    No rule at all unless together they tell every change from that year on.
    """
    by_kind: dict[Kind, list[Change]] = defaultdict(list)
    for change in changes:
        by_kind[change.kind].append(change)
    living = [same for same in by_kind.values() if same[-1].onset.year == LAST_YEAR]
    dead = [same for same in by_kind.values() if same[-1].onset.year != LAST_YEAR]
    since = max([_first_year(same) for same in living] + [same[-1].onset.year + 1 for same in dead], default=0)
    rules = []
    for same in living:
        run = [change for change in same if change.onset.year >= since]
        rule = _rule(run)
        # Ten years tell the fourth Sunday from the last one, and a window of seven days from a narrower one.
        if rule is None or len(run) <= 10:
            return [], LAST_YEAR + 1
        rules.append((run[0], rule))
    return sorted(rules, key=lambda pair: pair[0].at), since


def _first_year(same: Sequence[Change]) -> int:
    """The earliest year from which this kind of change came back every year by one rule."""
    run = [same[-1]]
    for change in reversed(same[:-1]):
        if change.onset.year != run[0].onset.year - 1 or _rule([change, *run]) is None:
            break
        run.insert(0, change)
    return run[0].onset.year


def _rule(run: Sequence[Change]) -> str | None:
    """The RRULE parts that give exactly these yearly changes, or None when there are none so simple."""
    onsets = [change.onset for change in run]
    if len({(onset.month, onset.weekday(), onset.time()) for onset in onsets}) != 1:
        return None
    month, day = f"BYMONTH={onsets[0].month}", _DAYS[onsets[0].weekday()]
    if all((onset + timedelta(days=7)).month != onset.month for onset in onsets):
        return f"{month};BYDAY=-1{day}"
    weeks = {(onset.day - 1) // 7 + 1 for onset in onsets}
    if len(weeks) == 1:
        return f"{month};BYDAY={weeks.pop()}{day}"
    days = {onset.day for onset in onsets}
    first = min(days)
    if max(days) - first > 6:
        return None
    window = ",".join(str(number) for number in range(first, first + 7))
    return f"{month};BYMONTHDAY={window};BYDAY={day}"


def _observance(first: Change, dates: list[str]) -> list[str]:
    # By the way the clocks go and not by what a law calls summer: in Ireland the legal « summer » is the winter, and
    # dateutil needs one of each to tell the two wall times of an autumn morning apart.
    kind = "DAYLIGHT" if first.after > first.before else "STANDARD"
    return [
        f"BEGIN:{kind}",
        f"DTSTART:{_stamp(first.onset)}",
        f"TZOFFSETFROM:{_offset(first.before)}",
        f"TZOFFSETTO:{_offset(first.after)}",
        f"TZNAME:{first.name}",
        *dates,
        f"END:{kind}",
    ]


def _stamp(moment: datetime) -> str:
    return f"{moment:%Y%m%dT%H%M%S}"


def _offset(offset: timedelta) -> str:
    seconds = int(offset.total_seconds())
    sign = "-" if seconds < 0 else "+"
    hours, rest = divmod(abs(seconds), 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{sign}{hours:02}{minutes:02}" + (f"{seconds:02}" if seconds else "")
