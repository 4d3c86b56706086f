"""How often an event comes, as people say it: between the fields of a form and an RRULE. Pure.

A form shows the rhythms below; any other rule of RFC 5545 is kept as it is, and told by `events.wording`.
"""

import calendar
import enum
from dataclasses import dataclass
from datetime import date, datetime

from fablabmesh.events.wording import spelled_out, weekday_name
from fablabmesh.kit import recurrence
from fablabmesh.kit.i18n import format_date
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
                    "La première date est un %(day)s, qui n’est pas parmi les jours cochés : "
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
                _("Peu de mois ont un cinquième %(day)s : choisissez plutôt « le dernier ».", day=weekday_name(weekday))
            )
        return {"FREQ": "MONTHLY", "BYDAY": f"{rank}{weekday}"}
    if rhythm is Rhythm.MONTH_LAST:
        if first.day + 7 <= calendar.monthrange(first.year, first.month)[1]:
            raise RuleError(_("La première date n’est pas le dernier %(day)s de son mois.", day=weekday_name(weekday)))
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
    same = _without_end(again) == _without_end(spelled_out(parts, starts))
    return found if same and found.interval <= LONGEST_INTERVAL else Repetition(Rhythm.KEPT)


def _rhythm_of(parts: dict[str, str]) -> Rhythm:
    frequency, days = parts["FREQ"], parts.get("BYDAY", "")
    if frequency == "MONTHLY":
        if not days:
            return Rhythm.MONTH_DAY
        return Rhythm.MONTH_LAST if days.startswith("-") else Rhythm.MONTH_WEEKDAY
    return {"DAILY": Rhythm.DAILY, "WEEKLY": Rhythm.WEEKLY}.get(frequency, Rhythm.YEARLY)


def _without_end(rule: str | dict[str, str]) -> dict[str, str]:
    parts = recurrence.parts_of(rule) if isinstance(rule, str) else rule
    return {name: value for name, value in parts.items() if name not in ("UNTIL", "COUNT")}
