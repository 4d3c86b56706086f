"""When an event happens, in words. Pure."""

from datetime import date, datetime
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from fablabmesh.events.rules import HOME_ZONE, PriceKind, has_paris_time, zone_labels
from fablabmesh.kit import recurrence
from fablabmesh.kit.i18n import day, format_date, language, language_name, listed
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.recurrence import WEEKDAYS


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


def moment(wall: datetime, is_all_day: bool = False) -> str:
    """« samedi 28 mars 2026 à 18 h »; the day alone where hours do not count."""
    if is_all_day:
        return long_day(wall.date())
    return _("%(day)s à %(hour)s", day=long_day(wall.date()), hour=hour(wall))


def stamp(at: datetime) -> str:
    """When something was done, on the clocks of Paris: « 3 mars 2026 à 9 h 05 (heure de Paris) »."""
    there = at.astimezone(ZoneInfo(HOME_ZONE))
    return _("%(day)s à %(hour)s (heure de Paris)", day=day(there.date()), hour=hour(there))


def hours(event: Any) -> str:
    """The hours alone, for a list where the day stands above: « 18 h – 20 h »."""
    first, last = event.starts_local, event.ends_local
    if event.is_all_day:
        if first.date() == last.date():
            return _("Toute la journée")
        return _("Toute la journée, jusqu’au %(last)s", last=day(last.date(), "d MMMM"))
    if first == last:
        return hour(first)
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
    if first == last and first.date() == event.starts_local.date():
        there = hour(first)
    elif first.date() == event.starts_local.date() and last.date() == event.ends_local.date() == first.date():
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


def language_label(code: str) -> str:
    """« anglais » of « en »; the languages of France that dictionaries of locales do not name are named here."""
    ours = {
        "fsl": _("langue des signes française"),
        "rcf": _("créole réunionnais"),
        "gcf": _("créole antillais"),
        "gcr": _("créole guyanais"),
    }
    return ours.get(code) or language_name(code)


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
    if first == last:
        return moment(first)
    if first.date() == last.date():
        return _("%(day)s, de %(start)s à %(end)s", day=long_day(first.date()), start=hour(first), end=hour(last))
    return _(
        "du %(first)s à %(start)s au %(last)s à %(end)s",
        first=long_day(first.date()),
        start=hour(first),
        last=long_day(last.date()),
        end=hour(last),
    )


# --- how often ---------------------------------------------------------------------------------------------------


def sentence(event: Any) -> str:
    """« Toutes les 2 semaines, le mardi et le jeudi, jusqu’au 30 juin 2026. » Empty for what happens once.

    `event`: whatever has `rrule`, `rdates`, `starts_local`, `timezone`; and `school_holidays` where they are left out.
    """
    told, zone = _sentence(event), getattr(event, "school_holidays", "")[:1]
    if not (told and zone):
        return told
    return _(
        "%(rhythm)s, sauf pendant les vacances scolaires de la zone %(zone)s.", rhythm=told.removesuffix("."), zone=zone
    )


def _sentence(event: Any) -> str:
    rule, starts, timezone = event.rrule, event.starts_local, event.timezone
    if not rule:
        return _("À plusieurs dates.") if event.rdates else ""
    parts = recurrence.parts_of(rule)
    told = _rhythm_in_words(spelled_out(parts, starts), starts)
    until = recurrence.until_of(rule, timezone)
    if until:
        return _("%(rhythm)s, jusqu’au %(day)s.", rhythm=told, day=day(until.date()))
    if "COUNT" in parts:
        return _("%(rhythm)s, %(count)s fois.", rhythm=told, count=parts["COUNT"])
    return _("%(rhythm)s.", rhythm=told)


def _rhythm_in_words(parts: dict[str, str], starts: datetime) -> str:
    known = set(parts) - {"FREQ", "INTERVAL", "COUNT", "UNTIL"}
    every = _every(parts["FREQ"], int(parts.get("INTERVAL", "1")))
    if not known:
        if parts["FREQ"] == "YEARLY":
            return _("%(every)s, le %(days)s", every=every, days=day(starts.date(), "d MMMM"))
        return every
    if known == {"BYDAY"} and parts["FREQ"] in ("DAILY", "WEEKLY", "MONTHLY"):
        return _("%(every)s, %(days)s", every=every, days=listed([_the(each) for each in parts["BYDAY"].split(",")]))
    if known == {"BYMONTHDAY"} and parts["FREQ"] == "MONTHLY":
        days = [_month_day(int(each)) for each in parts["BYMONTHDAY"].split(",")]
        return _("%(every)s, %(days)s", every=every, days=listed(days))
    return _("Selon une règle particulière (%(rule)s)", rule=";".join(f"{name}={parts[name]}" for name in parts))


def _every(frequency: str, interval: int) -> str:
    if interval == 1:
        return {
            "DAILY": _("Tous les jours"),
            "WEEKLY": _("Chaque semaine"),
            "MONTHLY": _("Chaque mois"),
            "YEARLY": _("Chaque année"),
        }[frequency]
    return {
        "DAILY": _("Tous les %(count)s jours", count=interval),
        "WEEKLY": _("Toutes les %(count)s semaines", count=interval),
        "MONTHLY": _("Tous les %(count)s mois", count=interval),
        "YEARLY": _("Tous les %(count)s ans", count=interval),
    }[frequency]


def weekday_names() -> dict[str, str]:
    """{"MO": "lundi", …} in the language of the page."""
    return {name: weekday_name(name) for name in WEEKDAYS}


def weekday_name(weekday: str) -> str:
    """« lundi » of « MO »."""
    # 1 January 2024 is a Monday.
    name: str = format_date(date(2024, 1, 1 + WEEKDAYS.index(weekday)), "EEEE")
    return name


def _the(weekday: str) -> str:
    """« le mardi », « le 2e samedi », « le dernier vendredi »."""
    rank, name = weekday[:-2], weekday_name(weekday[-2:])
    return {
        "": _("le %(day)s", day=name),
        "1": _("le 1er %(day)s", day=name),
        "2": _("le 2e %(day)s", day=name),
        "3": _("le 3e %(day)s", day=name),
        "4": _("le 4e %(day)s", day=name),
        "5": _("le 5e %(day)s", day=name),
        "-1": _("le dernier %(day)s", day=name),
        "-2": _("l’avant-dernier %(day)s", day=name),
    }.get(rank.removeprefix("+"), f"{rank} {name}")


def _month_day(number: int) -> str:
    if number == -1:
        return _("le dernier jour du mois")
    if number < 0:
        return _("%(count)s jours avant la fin du mois", count=-number - 1)
    return _("le 1er") if number == 1 else _("le %(number)s", number=number)


def spelled_out(parts: dict[str, str], starts: datetime) -> dict[str, str]:
    """With what a rule leaves to its first date said, and without what says nothing."""
    said = {name: value for name, value in parts.items() if (name, value) not in (("INTERVAL", "1"), ("WKST", "MO"))}
    if said["FREQ"] == "WEEKLY":
        said.setdefault("BYDAY", WEEKDAYS[starts.weekday()])
    if said["FREQ"] == "MONTHLY" and "BYDAY" not in said:
        said.setdefault("BYMONTHDAY", str(starts.day))
    return said
