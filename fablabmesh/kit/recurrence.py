"""What comes again and again: rules of RFC 5545 §3.3.10, checked, counted out, cut in two. Pure; the door to dateutil.

Everything is in wall time: a meeting at six in the evening stays at six when clocks change. A wall time that clocks
jump over keeps its name here; what instant it is, is for who turns it into one.
"""
# ruff: noqa: DTZ001, DTZ007 - wall times have no zone

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from heapq import merge
from itertools import islice, takewhile
from typing import Any
from zoneinfo import ZoneInfo

from dateutil import rrule as dateutil_rrule

from fablabmesh.kit.i18n import gettext as _

Wall = datetime | date

# Nobody plans further; and a rule that never comes true is not searched for ever.
LAST = datetime(2100, 12, 31, 23, 59, 59)
_SEARCHED_FOR = timedelta(days=40 * 366)
_MOST_A_DAY = 24

FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_TOO_FINE = ("SECONDLY", "MINUTELY", "HOURLY")
# Smallest, largest, and whether it may be counted from the end.
_NUMBERS = {
    "BYSECOND": (0, 59, False),
    "BYMINUTE": (0, 59, False),
    "BYHOUR": (0, 23, False),
    "BYMONTHDAY": (1, 31, True),
    "BYYEARDAY": (1, 366, True),
    "BYWEEKNO": (1, 53, True),
    "BYMONTH": (1, 12, False),
    "BYSETPOS": (1, 366, True),
}
_ORDER = (
    *("FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST", "BYMONTH", "BYWEEKNO", "BYYEARDAY", "BYMONTHDAY", "BYDAY"),
    *("BYHOUR", "BYMINUTE", "BYSECOND", "BYSETPOS"),
)
# RFC 5545 §3.3.10, the table: what a rule of this frequency may not say.
_FORBIDDEN = {
    "DAILY": {"BYWEEKNO", "BYYEARDAY"},
    "WEEKLY": {"BYWEEKNO", "BYYEARDAY", "BYMONTHDAY"},
    "MONTHLY": {"BYWEEKNO", "BYYEARDAY"},
    "YEARLY": set[str](),
}


class RuleError(ValueError):
    """A rule that cannot be. `message` says why, to people."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


@dataclass(frozen=True)
class Series:
    """Starts of a series, as wall times of a zone: naive; dates for whole days. `start` is always one of them.

    `rule`: an RRULE value, as `check_rule` gives it; `extra`: RDATEs; `excluded`: EXDATEs.
    """

    start: Wall
    timezone: str
    rule: str = ""
    extra: tuple[Wall, ...] = ()
    excluded: tuple[Wall, ...] = ()


# --- reading -----------------------------------------------------------------------------------------------------


def parts_of(rule: str) -> dict[str, str]:
    """{"FREQ": "WEEKLY", "BYDAY": "TU,TH"}. RuleError for what is no rule at all."""
    parts: dict[str, str] = {}
    for piece in rule.strip().removeprefix("RRULE:").strip(";").upper().split(";"):
        name, equals, value = (each.strip() for each in piece.partition("="))
        if not equals or not value:
            raise RuleError(_("« %(text)s » n’est pas une règle de répétition.", text=rule[:80]))
        if name in parts:
            raise RuleError(_("La règle de répétition dit deux fois « %(name)s ».", name=name[:20]))
        if name not in _ORDER:
            raise RuleError(_("« %(name)s » n’est pas connu d’une règle de répétition.", name=name[:20]))
        parts[name] = value
    return parts


def check_rule(text: str, start: Wall, timezone: str) -> str:
    """The rule in its one spelling; UNTIL is a date for whole days, else in UTC. RuleError for what cannot be kept."""
    parts = parts_of(text)
    frequency = parts.get("FREQ", "")
    if frequency in _TOO_FINE:
        raise RuleError(_("Une répétition plus fine que le jour n’est pas prise en charge (%(freq)s).", freq=frequency))
    if frequency not in FREQUENCIES:
        raise RuleError(_("Une règle de répétition dit sa fréquence : FREQ=DAILY, WEEKLY, MONTHLY ou YEARLY."))
    _check_lists(parts, frequency)
    _check_times(parts, start)
    if "COUNT" in parts and "UNTIL" in parts:
        raise RuleError(_("Une répétition finit à une date ou après un nombre de fois, pas les deux."))
    parts["INTERVAL"] = str(_number("INTERVAL", parts.get("INTERVAL", "1"), 1, 9999, signed=False))
    if "COUNT" in parts:
        parts["COUNT"] = str(_number("COUNT", parts["COUNT"], 1, 99_999, signed=False))
    if "UNTIL" in parts:
        parts["UNTIL"] = spell_until(_read_until(parts["UNTIL"], start, timezone), start, timezone)
        if _until_of(parts["UNTIL"], timezone) < _as_time(start):
            raise RuleError(_("La répétition finit avant d’avoir commencé."))
    if parts["INTERVAL"] == "1":
        del parts["INTERVAL"]
    if parts.get("WKST", "MO") == "MO":
        parts.pop("WKST", None)
    rule = _spell(parts)
    _check_happens(rule, start, timezone)
    return rule


def _check_lists(parts: dict[str, str], frequency: str) -> None:
    for name in _FORBIDDEN[frequency] & set(parts):
        raise RuleError(_("« %(name)s » ne va pas avec « %(freq)s ».", name=name, freq=frequency))
    for name, (lowest, highest, signed) in _NUMBERS.items():
        if name in parts:
            values = {_number(name, each, lowest, highest, signed=signed) for each in parts[name].split(",")}
            parts[name] = ",".join(map(str, sorted(values, key=lambda value: (value < 0, value))))
    if "BYDAY" in parts:
        with_ordinals = frequency == "MONTHLY" or (frequency == "YEARLY" and "BYWEEKNO" not in parts)
        days = {_weekday(each.strip(), with_ordinals=with_ordinals) for each in parts["BYDAY"].split(",")}
        parts["BYDAY"] = ",".join(f"{nth or ''}{day}" for nth, day in sorted(days, key=_rank))
    if parts.get("WKST", "MO") not in WEEKDAYS:
        raise RuleError(_("« %(value)s » n’est pas un jour de la semaine.", value=parts["WKST"][:10]))
    if "BYSETPOS" in parts and not any(name.startswith("BY") and name != "BYSETPOS" for name in parts):
        raise RuleError(_("« BYSETPOS » demande une autre précision, comme « BYDAY »."))


def _check_times(parts: dict[str, str], start: Wall) -> None:
    """Hours make several dates of a day; whole days have none (§3.3.10: they are to be ignored)."""
    several = 1
    for name in ("BYHOUR", "BYMINUTE", "BYSECOND"):
        if name not in parts:
            continue
        if not isinstance(start, datetime):
            del parts[name]
        else:
            several *= parts[name].count(",") + 1
    if several > _MOST_A_DAY:
        raise RuleError(_("Une répétition plus fine que le jour n’est pas prise en charge (%(freq)s).", freq="BYHOUR"))


def _check_happens(rule: str, start: Wall, timezone: str) -> None:
    first = _as_time(start)
    try:
        found = next(_rule_starts(replace(Series(start, timezone), rule=rule), first + _SEARCHED_FOR), None)
    except (ValueError, OverflowError) as error:
        raise RuleError(_("« %(text)s » n’est pas une règle de répétition.", text=rule[:80])) from error
    if found is None:
        raise RuleError(_("Cette règle de répétition ne donne aucune date."))


def _number(name: str, text: str, lowest: int, highest: int, *, signed: bool) -> int:
    bare = text.strip().removeprefix("+")
    digits = bare.removeprefix("-") if signed else bare
    if digits.isascii() and digits.isdecimal() and len(digits) <= 6 and lowest <= int(digits) <= highest:
        return int(bare)
    raise RuleError(_("« %(value)s » ne convient pas à « %(name)s ».", value=text[:20], name=name))


def _weekday(text: str, *, with_ordinals: bool) -> tuple[int, str]:
    day, ordinal = text[-2:], text[:-2]
    if day not in WEEKDAYS:
        raise RuleError(_("« %(value)s » n’est pas un jour de la semaine.", value=text[:10]))
    if ordinal and not with_ordinals:
        raise RuleError(_("« %(value)s » ne va qu’avec une répétition par mois ou par an.", value=text[:10]))
    return (_number("BYDAY", ordinal, 1, 53, signed=True) if ordinal else 0), day


def _rank(day: tuple[int, str]) -> tuple[bool, int, int]:
    return day[0] < 0, day[0], WEEKDAYS.index(day[1])


def _spell(parts: dict[str, str]) -> str:
    return ";".join(f"{name}={parts[name]}" for name in _ORDER if name in parts)


# --- the end -----------------------------------------------------------------------------------------------------


def spell_until(last: Wall, start: Wall, timezone: str) -> str:
    """UNTIL for a series whose last start is not after this wall time (for a date: the whole of that day)."""
    if not isinstance(start, datetime):
        return f"{last:%Y%m%d}"
    moment = last if isinstance(last, datetime) else datetime.combine(last, time(23, 59, 59))
    # Of a time that comes twice the second one; of one that clocks jump over, what it is before they jump.
    later = max(moment.replace(tzinfo=ZoneInfo(timezone), fold=fold).astimezone(UTC) for fold in (0, 1))
    return f"{later:%Y%m%dT%H%M%SZ}"


def until_of(rule: str, timezone: str) -> datetime | None:
    """The wall time after which a rule gives no start; None when it does not say."""
    until = parts_of(rule).get("UNTIL") if rule else None
    return _until_of(until, timezone) if until else None


def _read_until(text: str, start: Wall, timezone: str) -> Wall:
    """In the wild an UNTIL is of either type whatever the start is, and also in no zone at all."""
    try:
        if len(text) == 8:
            return datetime.strptime(text, "%Y%m%d").date()
        moment = datetime.strptime(text.removesuffix("Z"), "%Y%m%dT%H%M%S")
        if text.endswith("Z"):
            moment = moment.replace(tzinfo=UTC).astimezone(ZoneInfo(timezone)).replace(tzinfo=None)
    except (ValueError, OverflowError) as error:
        raise RuleError(_("« %(value)s » ne convient pas à « %(name)s ».", value=text[:20], name="UNTIL")) from error
    return moment if isinstance(start, datetime) else moment.date()


def _until_of(until: str, timezone: str) -> datetime:
    if len(until) == 8:
        return datetime.strptime(until, "%Y%m%d")
    moment = datetime.strptime(until, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
    return moment.astimezone(ZoneInfo(timezone)).replace(tzinfo=None)


# --- counting out ------------------------------------------------------------------------------------------------


def occurrences(
    series: Series, since: Wall | None = None, until: Wall | None = None, limit: int | None = None
) -> Iterator[Wall]:
    """Starts in order, each once, both bounds in; never after the year 2100."""
    bound = LAST if until is None else min(LAST, _end_of(until))
    first = None if since is None else _as_time(since)
    excluded = {_as_time(each) for each in series.excluded}
    extra = sorted(_as_time(each) for each in series.extra if _as_time(each) <= bound)
    found = _wanted(merge(_all_rule_starts(series, bound), extra), excluded, first)
    for start in islice(found, limit):
        yield start if isinstance(series.start, datetime) else start.date()


def _wanted(starts: Iterable[datetime], excluded: set[datetime], first: datetime | None) -> Iterator[datetime]:
    former = None
    for start in starts:
        if start != former and start not in excluded and (first is None or start >= first):
            yield start
        former = start


def last_start(series: Series) -> Wall | None:
    """The last one; None for a series without an end, or without any start left."""
    parts = parts_of(series.rule) if series.rule else {}
    if parts and not ("COUNT" in parts or "UNTIL" in parts):
        return None
    return max(occurrences(series), default=None)


def is_of_rule(series: Series, wall: Wall) -> bool:
    """Does the rule give this start, whatever is excluded or extra?"""
    moment = _as_time(wall)
    return any(start == moment for start in _all_rule_starts(series, moment))


def begins_in_rule(series: Series) -> bool:
    """Would the rule give the start, if it were not the start?"""
    if not _may_give(parts_of(series.rule), _as_time(series.start)):
        return False
    return next(_rule_starts(series, _as_time(series.start)), None) == _as_time(series.start)


def _may_give(parts: dict[str, str], moment: datetime) -> bool:
    """False for what a look tells already: a rule that seldom comes true is counted out for decades."""
    days = parts.get("BYMONTHDAY", str(moment.day)).split(",")
    return (
        str(moment.month) in parts.get("BYMONTH", str(moment.month)).split(",")
        and (str(moment.day) in days or any(day.startswith("-") for day in days))
        and WEEKDAYS[moment.weekday()]
        in {day[-2:] for day in parts.get("BYDAY", WEEKDAYS[moment.weekday()]).split(",")}
    )


def is_anchored(series: Series) -> bool:
    """Do all readers give the start, and count from it, alike? Those that follow the rule alone leave another out."""
    if not series.rule or begins_in_rule(series):
        return True
    return series.start in series.extra and "COUNT" not in parts_of(series.rule)


def anchored(series: Series) -> Series:
    """The same starts, for all readers: a start that the rule would not give becomes a date of its own.

    RFC 5545 §3.8.5.3 leaves such a start undefined, and whether COUNT counts it: the rule then ends with its last date.
    """
    if is_anchored(series):
        return series
    parts = parts_of(series.rule)
    if "COUNT" in parts:
        last = max(_all_rule_starts(series, LAST))
        del parts["COUNT"]
        if last == _as_time(series.start):  # told again as an RDATE, ical.js would count it twice
            return replace(series, rule="")
        parts["UNTIL"] = spell_until(last, series.start, series.timezone)
    return replace(series, rule=_spell(parts), extra=tuple(sorted({*series.extra, series.start})))


def split(series: Series, at: Wall) -> tuple[Series, Series]:
    """What comes before `at`, and the rest, which begins there: COUNT, UNTIL and single dates go to whom they belong.

    ValueError when `at` is the start, or a date that comes in addition to a rule: nothing follows from it.
    """
    cut = _as_time(at)
    if cut <= _as_time(series.start):
        raise ValueError("a series cannot be cut before its second start")
    parts = parts_of(series.rule) if series.rule else {}
    early, late = _shared_out(series.extra, cut)
    before, after = dict(parts), dict(parts)
    if parts:
        if not is_of_rule(series, at):
            raise ValueError("not a start of the rule")
        former = list(takewhile(lambda start: start < cut, _all_rule_starts(series, cut)))
        if "COUNT" in parts:
            before["COUNT"], after["COUNT"] = str(len(former)), str(int(parts["COUNT"]) - len(former))
        else:
            last = former[-1] if isinstance(series.start, datetime) else former[-1].date()
            before["UNTIL"] = spell_until(last, series.start, series.timezone)
        if len(former) == 1:
            before, early = {}, tuple(each for each in early if each != series.start)
        if after.get("COUNT") == "1":
            after = {}
    elif at not in late:
        raise ValueError("not a start of the series")
    gone_early, gone_late = _shared_out(series.excluded, cut)
    rest = tuple(each for each in late if _as_time(each) != cut)
    return (
        replace(series, rule=_spell(before), extra=early, excluded=gone_early),
        replace(series, start=at, rule=_spell(after), extra=rest, excluded=gone_late),
    )


def _shared_out(walls: tuple[Wall, ...], cut: datetime) -> tuple[tuple[Wall, ...], tuple[Wall, ...]]:
    early = tuple(each for each in walls if _as_time(each) < cut)
    return early, tuple(each for each in walls if each not in early)


def _all_rule_starts(series: Series, bound: datetime) -> Iterator[datetime]:
    """The start and what the rule gives after it. The start counts, also when the rule would not give it (§3.8.5.3)."""
    start = _as_time(series.start)
    if start > bound:
        return
    yield start
    if not series.rule:
        return
    count = parts_of(series.rule).get("COUNT")
    later = (each for each in _rule_starts(series, bound) if each > start)
    yield from later if count is None else islice(later, int(count) - 1)


def _rule_starts(series: Series, bound: datetime) -> Iterator[datetime]:
    """What the rule gives from the start on, as far as its UNTIL and the bound; COUNT is the caller's."""
    parts = parts_of(series.rule)
    if "UNTIL" in parts:
        bound = min(bound, _until_of(parts["UNTIL"], series.timezone))
    given: dict[str, Any] = {
        name.lower(): [int(each) for each in parts[name].split(",")] for name in _NUMBERS if name in parts
    }
    if "BYDAY" in parts:
        given["byweekday"] = [_to_dateutil(each) for each in parts["BYDAY"].split(",")]
    found = dateutil_rrule.rrule(
        getattr(dateutil_rrule, parts["FREQ"]),
        dtstart=_as_time(series.start),
        interval=int(parts.get("INTERVAL", "1")),
        wkst=WEEKDAYS.index(parts.get("WKST", "MO")),
        until=min(bound, LAST),
        **given,
    )
    return iter(found)


def _to_dateutil(text: str) -> Any:
    day = getattr(dateutil_rrule, text[-2:])
    return day(int(text[:-2])) if len(text) > 2 else day


def _as_time(wall: Wall) -> datetime:
    return wall if isinstance(wall, datetime) else datetime.combine(wall, time())


def _end_of(wall: Wall) -> datetime:
    return wall if isinstance(wall, datetime) else datetime.combine(wall, time(23, 59, 59))
