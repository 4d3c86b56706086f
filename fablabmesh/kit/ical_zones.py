"""Names of time zones as calendars write them, and the IANA zone they stand for. Pure.

Calendars name zones as IANA does, behind a prefix, as Windows does, or by a word of their own beside a VTIMEZONE: then
the zone is looked for whose clocks show the same, over the years around the present.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

from icalendar.timezone.windows_to_olson import WINDOWS_TO_OLSON

from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.ical_lines import Component
from fablabmesh.kit.recurrence import RuleError, Series, check_rule, occurrences

UTC_ZONE = "Etc/UTC"
_UTC_NAMES = {"utc", "z", "gmt", "zulu", "uct", "universal", "greenwich mean time", "coordinated universal time"}
# Every fifth day: no two zones that differ do so for less.
_STEP = timedelta(days=5)
_OFFSET = re.compile(r"([+-])(\d{2}):?(\d{2}):?(\d{2})?")
# Outlook's own words for zones: « (UTC+01:00) Bruxelles, Copenhague, Madrid, Paris ».
_TOLD_OFFSET = re.compile(r"\((?:UTC|GMT)\s*([+-]\d{2}:\d{2})\)")
_MOST_ZONES = 60
_USUAL = (
    *("Europe/Paris", "America/Martinique", "America/Guadeloupe", "America/Cayenne", "Indian/Reunion"),
    *("Indian/Mayotte", "America/Miquelon", "Pacific/Noumea", "Pacific/Wallis", "Pacific/Tahiti"),
)


@dataclass(frozen=True)
class Found:
    """`key`: an IANA name. `remark`: what was not sure, to people; empty when all was."""

    key: str
    remark: str = ""


class Zones:
    """The zones of one file. `home`: what holds where nothing is said; `around`: the time the file is about."""

    def __init__(self, home: str, described: Iterable[Component], around: datetime) -> None:
        self._home = home
        self._around = around.replace(month=1, day=3, hour=12, minute=0, second=0, microsecond=0, tzinfo=None)
        self._described: dict[str, Component] = {}
        for component in described:
            if len(self._described) < _MOST_ZONES:
                self._described.setdefault(component.text("TZID"), component)
        self._known: dict[str, Found] = {}

    def find(self, name: str) -> Found:
        """The IANA zone of a TZID."""
        if name not in self._known and len(self._known) < 10 * _MOST_ZONES:
            self._known[name] = self._look_up(name)
        return self._known.get(name, Found(self._home))

    def _look_up(self, name: str) -> Found:
        bare = name.strip().strip('"').strip()
        if key := named(bare):
            return Found(key)
        component = self._described.get(name)
        key = self._alike(component) if component is not None else ""
        if not key and (told := _TOLD_OFFSET.search(bare)):
            key = self._with_offset(told[1])
        if not key:
            key = self._home
        return Found(key, _("Le fuseau « %(name)s » n’est pas connu : lu comme %(zone)s.", name=bare[:60], zone=key))

    def _with_offset(self, text: str) -> str:
        wanted = _offset(text)
        moment = self._around
        return next((key for key in self._candidates() if ZoneInfo(key).utcoffset(moment) == wanted), "")

    def _alike(self, component: Component) -> str:
        """The zone whose clocks differ the least from what a VTIMEZONE says."""
        told = _told_offsets(component, self._around)
        if not told:
            return ""
        best, least = "", len(told)
        for key in self._candidates():
            zone = ZoneInfo(key)
            wrong = 0
            for moment, offset in told:
                wrong += zone.utcoffset(moment) != offset
                if wrong >= least:
                    break
            if wrong < least:
                best, least = key, wrong
            if not least:
                break
        return best

    def _candidates(self) -> list[str]:
        return [self._home, *_USUAL, *_all_zones()]


@cache
def _all_zones() -> tuple[str, ...]:
    return tuple(sorted((key for key in available_timezones() if "/" in key), key=lambda key: (key[:4] == "Etc/", key)))


@cache
def _by_folded_name() -> dict[str, str]:
    return {key.casefold(): key for key in available_timezones() if key != "localtime"}


@cache
def _windows_names() -> dict[str, str]:
    return {name.casefold(): key for name, key in WINDOWS_TO_OLSON.items()}


def named(name: str) -> str:
    """The IANA zone of a name alone; empty for one that says nothing."""
    folded = name.casefold()
    if folded in _UTC_NAMES or folded in ("etc/utc", "etc/gmt", "etc/zulu", "etc/universal", "etc/uct"):
        return UTC_ZONE
    known = _by_folded_name()
    if folded in known:
        return known[folded]
    if folded in _windows_names():
        return _windows_names()[folded]
    # /freeassociation.sourceforge.net/Europe/Paris, /mozilla.org/20050126_1/Europe/Paris
    pieces = folded.strip("/").split("/")
    for index in range(len(pieces)):
        rest = "/".join(pieces[index:])
        if "/" in rest and rest in known:
            return known[rest]
    within = [key for key in known if "/" in key and key in folded]
    return known[max(within, key=len)] if within else ""


# --- what a VTIMEZONE says ---------------------------------------------------------------------------------------


def _told_offsets(component: Component, around: datetime) -> list[tuple[datetime, timedelta]]:
    """Wall times over two years, and the offset that the component gives each. Nothing for one that makes no sense."""
    first, last = around - timedelta(days=366), around + timedelta(days=731)
    changes: list[tuple[datetime, timedelta]] = []
    for observance in component.inner[:_MOST_ZONES]:
        to = observance.first("TZOFFSETTO")
        if observance.name in ("STANDARD", "DAYLIGHT") and to is not None:
            offset = _offset(to.parts()[1])
            changes += [(onset, offset) for onset in _onsets(observance, first, last) if offset is not None]
    changes.sort(key=lambda change: change[0])
    told = []
    moment = around
    while changes and moment < last:
        before = [offset for onset, offset in changes if onset <= moment]
        told.append((moment, before[-1] if before else changes[0][1]))
        moment += _STEP
    return told


def _onsets(observance: Component, first: datetime, last: datetime) -> list[datetime]:
    """When it begins: all times in the period, and the last one before it."""
    start_line = observance.first("DTSTART")
    start = _wall(start_line.parts()[1]) if start_line is not None else None
    if start is None:
        return [datetime(1970, 1, 1)]  # noqa: DTZ001 - a wall time
    found = [
        start,
        *filter(None, (_wall(each) for line in observance.all("RDATE") for each in line.parts()[1].split(","))),
    ]
    for line in observance.all("RRULE")[:5]:
        try:
            rule = check_rule(line.parts()[1], start, "Etc/UTC")
        except RuleError:
            continue
        found += occurrences(Series(start, "Etc/UTC", rule), since=first - timedelta(days=366), until=last, limit=50)  # type: ignore[arg-type]
    return [onset for onset in found if onset <= last]


def _wall(text: str) -> datetime | None:
    try:
        return datetime.strptime(text.strip().rstrip("Z"), "%Y%m%dT%H%M%S")  # noqa: DTZ007 - a wall time
    except ValueError:
        return None


def _offset(text: str) -> timedelta | None:
    found = _OFFSET.fullmatch(text.strip())
    if found is None:
        return None
    size = timedelta(hours=int(found[2]), minutes=int(found[3]), seconds=int(found[4] or 0))
    return -size if found[1] == "-" else size
