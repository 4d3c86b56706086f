"""How often an event comes, as people say it: between the fields of a form, an RRULE and a sentence. Pure.

A form shows the rhythms below; any other rule of RFC 5545 is kept as it is and told as well as words can.
"""

import calendar
import enum
from dataclasses import dataclass
from datetime import date, datetime

from fablabmesh.kit import recurrence
from fablabmesh.kit.i18n import day, format_date, listed
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.recurrence import WEEKDAYS, RuleError

MOST_TIMES = 500
LONGEST_INTERVAL = 52


class Rhythm(enum.StrEnum):
    """What a form offers. `KEPT`: a rule from elsewhere that no field can show."""

    ONCE = "once"
    DAILY = "daily"
    WEEKLY = "weekly"
    MONTH_DAY = "month_day"
    MONTH_WEEKDAY = "month_weekday"
    MONTH_LAST = "month_last"
    YEARLY = "yearly"
    KEPT = "kept"

    @property
    def label(self) -> str:
        return {
            Rhythm.ONCE: _("Une seule fois"),
            Rhythm.DAILY: _("Tous les jours"),
            Rhythm.WEEKLY: _("Chaque semaine"),
            Rhythm.MONTH_DAY: _("Chaque mois, à la même date (le 15)"),
            Rhythm.MONTH_WEEKDAY: _("Chaque mois, au même rang (le 2e samedi)"),
            Rhythm.MONTH_LAST: _("Chaque mois, le dernier (le dernier vendredi)"),
            Rhythm.YEARLY: _("Chaque année"),
            Rhythm.KEPT: _("Garder la règle d’aujourd’hui"),
        }[self]


@dataclass(frozen=True)
class Repetition:
    """The fields of a form. `weekdays`: two letters each, for WEEKLY alone; `until` and `count`: one or none."""

    rhythm: Rhythm = Rhythm.ONCE
    interval: int = 1
    weekdays: tuple[str, ...] = ()
    until: date | None = None
    count: int | None = None


def rule_of(repetition: Repetition, starts: datetime, timezone: str, *, is_all_day: bool) -> str:
    """The RRULE value; empty for what happens once. RuleError when the first date is none of the rule's."""
    if repetition.rhythm in (Rhythm.ONCE, Rhythm.KEPT):
        return ""
    first = starts.date()
    start = first if is_all_day else starts
    parts = _parts_of(repetition, first)
    if repetition.interval > 1:
        parts["INTERVAL"] = str(repetition.interval)
    if repetition.count:
        parts["COUNT"] = str(repetition.count)
    elif repetition.until:
        if repetition.until < first:
            raise RuleError(_("La répétition finit avant la première date."))
        parts["UNTIL"] = recurrence.spell_until(repetition.until, start, timezone)
    text = ";".join(f"{name}={value}" for name, value in parts.items())
    return recurrence.check_rule(text, start, timezone)


def _parts_of(repetition: Repetition, first: date) -> dict[str, str]:
    weekday = WEEKDAYS[first.weekday()]
    rhythm = repetition.rhythm
    if rhythm is Rhythm.WEEKLY:
        chosen = [name for name in WEEKDAYS if name in repetition.weekdays] or [weekday]
        if weekday not in chosen:
            raise RuleError(
                _(
                    "La première date est un %(day)s, qui n’est pas parmi les jours cochés : "
                    "cochez ce jour ou changez la date.",
                    day=format_date(first, "EEEE"),
                )
            )
        return {"FREQ": "WEEKLY", "BYDAY": ",".join(chosen)}
    if rhythm is Rhythm.MONTH_DAY:
        return {"FREQ": "MONTHLY", "BYMONTHDAY": str(first.day)}
    if rhythm is Rhythm.MONTH_WEEKDAY:
        rank = (first.day - 1) // 7 + 1
        if rank == 5:
            raise RuleError(
                _("Peu de mois ont un cinquième %(day)s : choisissez plutôt « le dernier ».", day=_name(weekday))
            )
        return {"FREQ": "MONTHLY", "BYDAY": f"{rank}{weekday}"}
    if rhythm is Rhythm.MONTH_LAST:
        if first.day + 7 <= calendar.monthrange(first.year, first.month)[1]:
            raise RuleError(_("La première date n’est pas le dernier %(day)s de son mois.", day=_name(weekday)))
        return {"FREQ": "MONTHLY", "BYDAY": f"-1{weekday}"}
    return {"FREQ": "DAILY" if rhythm is Rhythm.DAILY else "YEARLY"}


def read_rule(rule: str, starts: datetime, timezone: str) -> Repetition:
    """What a form shows of a rule: exactly what it would write again, or else KEPT."""
    if not rule:
        return Repetition()
    parts = recurrence.parts_of(rule)
    until = recurrence.until_of(rule, timezone)
    found = Repetition(
        rhythm=_rhythm_of(parts),
        interval=int(parts.get("INTERVAL", "1")),
        weekdays=tuple(parts["BYDAY"].split(",")) if parts["FREQ"] == "WEEKLY" and "BYDAY" in parts else (),
        until=until.date() if until else None,
        count=int(parts["COUNT"]) if "COUNT" in parts else None,
    )
    try:
        again = rule_of(found, starts, timezone, is_all_day="UNTIL" in parts and len(parts["UNTIL"]) == 8)
    except RuleError:
        return Repetition(Rhythm.KEPT)
    same = _without_end(again) == _without_end(_spelled_out(parts, starts))
    return found if same and found.interval <= LONGEST_INTERVAL else Repetition(Rhythm.KEPT)


def _rhythm_of(parts: dict[str, str]) -> Rhythm:
    frequency, days = parts["FREQ"], parts.get("BYDAY", "")
    if frequency == "MONTHLY":
        if not days:
            return Rhythm.MONTH_DAY
        return Rhythm.MONTH_LAST if days.startswith("-") else Rhythm.MONTH_WEEKDAY
    return {"DAILY": Rhythm.DAILY, "WEEKLY": Rhythm.WEEKLY}.get(frequency, Rhythm.YEARLY)


def _spelled_out(parts: dict[str, str], starts: datetime) -> dict[str, str]:
    """With what a rule leaves to its first date said, and without what says nothing."""
    said = {name: value for name, value in parts.items() if (name, value) not in (("INTERVAL", "1"), ("WKST", "MO"))}
    if said["FREQ"] == "WEEKLY":
        said.setdefault("BYDAY", WEEKDAYS[starts.weekday()])
    if said["FREQ"] == "MONTHLY" and "BYDAY" not in said:
        said.setdefault("BYMONTHDAY", str(starts.day))
    return said


def _without_end(rule: str | dict[str, str]) -> dict[str, str]:
    parts = recurrence.parts_of(rule) if isinstance(rule, str) else rule
    return {name: value for name, value in parts.items() if name not in ("UNTIL", "COUNT")}


# --- in words ----------------------------------------------------------------------------------------------------


def sentence(event: object) -> str:
    """« Toutes les 2 semaines, le mardi et le jeudi, jusqu’au 30 juin 2026. » Empty for what happens once.

    `event`: whatever has `rrule`, `rdates`, `starts_local` and `timezone`.
    """
    rule, starts, timezone = event.rrule, event.starts_local, event.timezone  # type: ignore[attr-defined]
    if not rule:
        return _("À plusieurs dates.") if event.rdates else ""  # type: ignore[attr-defined]
    parts = recurrence.parts_of(rule)
    told = _rhythm_in_words(_spelled_out(parts, starts), starts)
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
    return {name: _name(name) for name in WEEKDAYS}


def _name(weekday: str) -> str:
    # 1 January 2024 is a Monday.
    name: str = format_date(date(2024, 1, 1 + WEEKDAYS.index(weekday)), "EEEE")
    return name


def _the(weekday: str) -> str:
    """« le mardi », « le 2e samedi », « le dernier vendredi »."""
    rank, name = weekday[:-2], _name(weekday[-2:])
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
