"""What a row of the list says in words: whether a place is open, how far it is, its hours on paper. Pure."""

import re
from datetime import date, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.events.wording import hour
from fablabmesh.kit.i18n import day as told_day
from fablabmesh.kit.i18n import format_date, number
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.zones.rules import timezone_of_department

# Longer than a day without an end in sight: its end is that of what is counted out, and nobody waits for it.
_LONG = timedelta(days=2)


def is_closed(closed_on: date | None, today: date) -> bool:
    """Has it closed for good?"""
    return closed_on is not None and closed_on <= today


def tell_opening(opening: Any, now: datetime, department: str | None) -> str:
    """« Ouvert jusqu’à 18 h », « Ouvre demain à 9 h ». `opening`: the present or next one, or None."""
    if opening is None:
        return ""
    clock = ZoneInfo(timezone_of_department(department))
    here, opens, closes = (moment.astimezone(clock) for moment in (now, opening.opens_at, opening.closes_at))
    if opens <= here:
        return _("Ouvert") if closes - here > _LONG else _("Ouvert jusqu’à %(hour)s", hour=hour(closes))
    days = (opens.date() - here.date()).days
    if days == 0:
        return _("Ouvre aujourd’hui à %(hour)s", hour=hour(opens))
    if days == 1:
        return _("Ouvre demain à %(hour)s", hour=hour(opens))
    if days < 7:
        return _("Ouvre %(day)s à %(hour)s", day=format_date(opens, "EEEE"), hour=hour(opens))
    return _("Ouvre le %(day)s à %(hour)s", day=told_day(opens.date(), "d MMMM"), hour=hour(opens))


def tell_distance(metres: int) -> str:
    """« 800 m », « 4,2 km », « 37 km »."""
    if metres < 1000:
        return _("%(metres)s m", metres=number(round(metres, -2) if metres >= 100 else metres))
    km = metres / 1000
    return _("%(km)s km", km=number(round(km, 1) if km < 10 else round(km)))


_PLAIN = re.compile(r"[A-Za-z0-9:,;\- ]+", re.ASCII)
_TOKEN = re.compile(r"PH|Mo|Tu|We|Th|Fr|Sa|Su|off|closed|24/7|\d\d:\d\d|[A-Za-z]+|\d+")


def tell_notation(text: str) -> str:
    """« lun.–ven. 9 h – 12 h, 14 h – 18 h » of hours that are plainly written; others as they are."""
    words = _words()
    tokens = _TOKEN.findall(text)
    if not _PLAIN.fullmatch(text) or any(token not in words and ":" not in token for token in tokens):
        return text
    told = _TOKEN.sub(lambda found: words.get(found[0]) or _short_hour(found[0]), text)
    told = re.sub(r"(?<=h)-(?=\d)|(?<=\d)-(?=\d)", " – ", told).replace("-", "–")
    return re.sub(r"\s*,\s*", ", ", told).replace(";", " ;")


def _short_hour(clock: str) -> str:
    hours, minutes = clock.split(":")
    return hour(datetime(2000, 1, 1, int(hours) % 24, int(minutes)))  # noqa: DTZ001 — a time of day


def _words() -> dict[str, str]:
    # The first of January 2024 is a Monday.
    days = {name: date(2024, 1, n) for n, name in enumerate(("Mo", "Tu", "We", "Th", "Fr", "Sa", "Su"), 1)}
    return {name: format_date(day, "EEE") for name, day in days.items()} | {
        "PH": _("jours fériés"),
        "off": _("fermé"),
        "closed": _("fermé"),
    }
