"""When an event happens, in words. Pure."""

from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.events.rules import HOME_ZONE, PriceKind, has_paris_time, zone_labels
from fablabmesh.kit.i18n import day, format_date, language
from fablabmesh.kit.i18n import gettext as _


def long_day(value: date) -> str:
    """« samedi 28 mars 2026 »."""
    return f"{format_date(value, 'EEEE')} {day(value)}"


def hour(value: datetime) -> str:
    """« 18 h » or « 18 h 30 »."""
    if value.minute == 0:
        return _("%(hour)d h", hour=value.hour)
    return _("%(hour)d h %(minute)s", hour=value.hour, minute=f"{value.minute:02}")


def when(event: Any) -> str:
    """Day and hours on the clocks of the place: « samedi 28 mars 2026, de 18 h à 20 h »."""
    first, last = event.starts_local, event.ends_local
    if event.is_all_day:
        if first.date() == last.date():
            return _("%(day)s, toute la journée", day=long_day(first.date()))
        return _("du %(first)s au %(last)s", first=long_day(first.date()), last=long_day(last.date()))
    return _span(first, last)


def hours(event: Any) -> str:
    """The hours alone, for a list where the day stands above: « 18 h – 20 h »."""
    first, last = event.starts_local, event.ends_local
    if event.is_all_day:
        if first.date() == last.date():
            return _("Toute la journée")
        return _("Toute la journée, jusqu’au %(last)s", last=day(last.date(), "d MMMM"))
    if first.date() == last.date():
        return _("%(start)s – %(end)s", start=hour(first), end=hour(last))
    return _(
        "%(start)s, jusqu’au %(last)s à %(end)s", start=hour(first), last=day(last.date(), "d MMMM"), end=hour(last)
    )


def zone_name(key: str) -> str:
    """« Nouméa » for Pacific/Noumea; the IANA name itself for a zone outside France."""
    return zone_labels().get(key, key)


def zone_note(event: Any) -> str:
    """« heure de La Réunion, soit … à Paris » where the clocks differ from those of Paris at that date; else empty."""
    if event.is_all_day or has_paris_time(event):
        return ""
    paris = ZoneInfo(HOME_ZONE)
    first, last = event.starts_at.astimezone(paris), event.ends_at.astimezone(paris)
    if first.date() == event.starts_local.date() and last.date() == event.ends_local.date() == first.date():
        there = _("de %(start)s à %(end)s", start=hour(first), end=hour(last))
    else:
        there = _span(first, last)
    return _(
        "Heure locale : %(zone)s. À Paris : %(there)s (heure de Paris).", zone=zone_name(event.timezone), there=there
    )


def price(event: Any) -> str:
    """« Gratuit », « 5,50 € »; empty when nothing is said."""
    if event.price_kind is PriceKind.AMOUNT and event.price_amount is not None:
        amount = f"{event.price_amount:.2f}".removesuffix(".00")
        return _("%(amount)s €", amount=amount.replace(".", ",") if language() == "fr" else amount)
    return "" if event.price_kind is PriceKind.UNSAID else str(event.price_kind.label)


def month_name(value: date) -> str:
    """« Mars 2026 »."""
    name: str = format_date(value, "LLLL yyyy")
    return name[:1].upper() + name[1:]


def by_month_and_day(events: list[Any]) -> list[tuple[date, list[tuple[date, list[Any]]]]]:
    """Events in the order given, under the first day of their month, then under their first day."""
    months = []
    for month, of_month in groupby(events, lambda event: event.starts_local.date().replace(day=1)):
        days = [(first, list(of_day)) for first, of_day in groupby(of_month, lambda event: event.starts_local.date())]
        months.append((month, days))
    return months


def _span(first: datetime, last: datetime) -> str:
    if first.date() == last.date():
        return _("%(day)s, de %(start)s à %(end)s", day=long_day(first.date()), start=hour(first), end=hour(last))
    return _(
        "du %(first)s à %(start)s au %(last)s à %(end)s",
        first=long_day(first.date()),
        start=hour(first),
        last=long_day(last.date()),
        end=hour(last),
    )
