"""What a page of the agenda shows: a part of it, in a list, a month or a week; its address, and the way out. Pure.

The address is read as calendars read theirs, but a stale link still leads somewhere: what is not known is left out and
told to the visitor.
"""

import calendar
import enum
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import Any

from fablabmesh.events.rules import FIRST_YEAR, LAST_YEAR
from fablabmesh.feeds.slices import Args, BadFilter, Choice, Slice, read_slice, split_name
from fablabmesh.kit.i18n import gettext as _

# Values are looked at one by one before they are counted.
_MOST_LOOKED_AT = 100


class View(enum.StrEnum):
    """How dates are laid out."""

    LIST = "liste"
    MONTH = "mois"
    WEEK = "semaine"

    @property
    def label(self) -> str:
        return {View.LIST: _("Liste"), View.MONTH: _("Mois"), View.WEEK: _("Semaine")}[self]


@dataclass(frozen=True)
class Wanted:
    """`since` and `until`: days of the places' own calendars, both included. Without either, what is not over yet.

    Of a month or a week, `since` is the first day (None for today's) and there is no `until`.
    `unknown`: values that no longer exist, to be told to the visitor.
    """

    slice: Slice = field(default_factory=Slice)
    view: View = View.LIST
    since: date | None = None
    until: date | None = None
    past: bool = False
    unknown: tuple[str, ...] = field(default=(), compare=False)

    @property
    def has_period(self) -> bool:
        return self.since is not None or self.until is not None

    @property
    def is_everything(self) -> bool:
        return self == Wanted(view=self.view)

    @property
    def choice(self) -> Choice:
        """The first choice: the one that the form shows."""
        return self.slice.choices[0] if self.slice.choices else Choice()

    def to_query(self, **more: object) -> str:
        """The one spelling. `more`: what belongs to a page and not to what it shows, by name."""
        pairs = {
            "au": self.until.isoformat() if self.until else "",
            "du": self.since.isoformat() if self.since else "",
            "passes": "oui" if self.past else "",
            "vue": self.view.value if self.view is not View.LIST else "",
        } | {name: str(value) for name, value in more.items() if value is not None}
        own = [f"{name}={value}" for name, value in sorted(pairs.items()) if value]
        return "&".join([*filter(None, [self.slice.to_query()]), *own])

    def to_path(self, below: str = "/agenda", /, **more: object) -> str:
        """The address of a page that shows this."""
        query = self.to_query(**more)
        return f"{below}?{query}" if query else below

    def seen_as(self, view: View, today: date) -> "Wanted":
        """The same, laid out otherwise, around the same days."""
        if view is self.view:
            return self
        if view is View.LIST:
            return replace(self, view=view, since=None, until=None)
        return replace(self, view=view, since=first_day(view, self.since or today), until=None, past=False).at(today)

    def at(self, today: date) -> "Wanted":
        """With the present month or week left unsaid."""
        is_now = self.view is not View.LIST and self.since == first_day(self.view, today)
        return replace(self, since=None) if is_now else self

    def days(self, today: date) -> tuple[date, date]:
        """The first and the last day of the month or the week."""
        first = first_day(self.view, self.since or today)
        if self.view is View.WEEK:
            return first, first + timedelta(days=6)
        return first, first.replace(day=calendar.monthrange(first.year, first.month)[1])

    def moved(self, steps: int, today: date) -> "Wanted | None":
        """The month or the week before (-1) or after (1); None where the agenda ends."""
        first, last = self.days(today)
        near = first_day(self.view, last + timedelta(days=1) if steps > 0 else first - timedelta(days=1))
        return replace(self, since=near).at(today) if _is_within(near) else None


def first_day(view: View, day: date) -> date:
    """The Monday of its week, or the first of its month."""
    return day - timedelta(days=day.weekday()) if view is View.WEEK else day.replace(day=1)


def _is_within(day: date) -> bool:
    """The first week of the agenda begins in the year before."""
    return (day + timedelta(days=6)).year >= FIRST_YEAR and day.year <= LAST_YEAR


def weeks_of(month: date) -> list[list[date]]:
    """Whole weeks, from Monday to Sunday, with the days of the neighbouring months that belong to them."""
    return calendar.Calendar().monthdatescalendar(month.year, month.month)


def days_of(starts: datetime, ends: datetime, is_all_day: bool, first: date, last: date) -> Iterator[date]:
    """The days from `first` to `last` on which something lasts.

    What ends at midnight is over the day before; what lasts whole days keeps the midnight that begins its last one.
    """
    final = ends.date()
    if not is_all_day and ends > starts and ends.time() == time():
        final -= timedelta(days=1)
    day = max(starts.date(), first)
    while day <= min(final, last):
        yield day
        day += timedelta(days=1)


# --- reading an address ------------------------------------------------------------------------------------------


def read_wanted(args: Args, *, today: date, **known: Any) -> Wanted:
    """From the parameters of an address. `known`: what `read_slice` must be told."""
    asked = {name: values for name, values in args.items() if split_name(name) is not None}
    unknown: list[str] = []
    kept = _readable(asked, unknown, known)
    try:
        wanted = read_slice(kept, **known)
    except BadFilter as error:
        unknown.append(error.message)
        wanted = Slice()
    view = _read_view(args, unknown)
    since, until = _read_day(args, "du", unknown), _read_day(args, "au", unknown)
    if view is not View.LIST:
        since, until = first_day(view, since) if since else None, None
    elif since and until and until < since:
        since, until = until, since
    past = view is View.LIST and (args.get("passes") or [""])[0] == "oui" and since is None and until is None
    return Wanted(wanted, view, since, until, past, tuple(dict.fromkeys(unknown))).at(today)


def _readable(asked: Args, unknown: list[str], known: Mapping[str, Any]) -> dict[str, list[str]]:
    """The values that can stand in an address each by itself, with what belongs to it; the others are told."""
    kept: dict[str, list[str]] = {}
    count = 0
    for name, values in asked.items():
        prefix, bare = split_name(name) or ("", name)
        beside = {"zone": {"programme": asked.get(prefix + "programme", [])[:1]}, "rayon": {"autour": ["0,0"]}}
        if bare == "rayon" and not any(asked.get(prefix + "autour", [])):
            continue
        for value in values:
            count += 1
            if not value.strip() or count > _MOST_LOOKED_AT:
                continue
            try:
                read_slice({bare: [value], **beside.get(bare, {})}, **known)
            except BadFilter:
                unknown.append(value[:60])
            else:
                kept.setdefault(name, []).append(value)
    return _without_lonely_radius(kept)


def _without_lonely_radius(kept: dict[str, list[str]]) -> dict[str, list[str]]:
    """The form sends a radius whether or not there is a centre."""
    for name in [name for name in kept if name.endswith("rayon")]:
        if not kept.get(name.removesuffix("rayon") + "autour"):
            del kept[name]
        else:
            kept[name] = kept[name][:1]
    return kept


def _read_view(args: Args, unknown: list[str]) -> View:
    text = (args.get("vue") or [""])[0]
    if text in set(View):
        return View(text)
    if text:
        unknown.append(text[:60])
    return View.LIST


def _read_day(args: Args, name: str, unknown: list[str]) -> date | None:
    text = (args.get(name) or [""])[0].strip()
    if not text:
        return None
    try:
        day = date.fromisoformat(text)
    except ValueError:
        day = None
    if day is None or not _is_within(day):
        unknown.append(text[:60])
        return None
    return day


# --- the way out -------------------------------------------------------------------------------------------------


def without(wanted: Wanted, number: int, attribute: str, value: object) -> Wanted:
    """Less one value of the choice of that number, from 0."""
    choices = list(wanted.slice.choices)
    former = getattr(choices[number], attribute)
    left: Any = "" if isinstance(former, str) else tuple(each for each in former if each != value)
    choices[number] = replace(choices[number], **{attribute: left})
    return replace(wanted, slice=slice_of(choices))


def without_missing(wanted: Wanted, missing: Mapping[str, set[str]]) -> Wanted:
    """Less what is named and is not there any more: attribute → values; they are told to the visitor."""
    if not any(missing.values()):
        return wanted
    choices = []
    for choice in wanted.slice.choices:
        left: dict[str, Any] = {
            attribute: tuple(each for each in getattr(choice, attribute) if getattr(each, "commune", each) not in gone)
            for attribute, gone in missing.items()
        }
        choices.append(replace(choice, **left))
    gone = sorted(value for values in missing.values() for value in values)
    return replace(wanted, slice=slice_of(choices), unknown=(*wanted.unknown, *gone))


def slice_of(choices: Iterable[Choice]) -> Slice:
    """Of choices that have changed: each once, in the one order; those that ask for nothing left out."""
    return Slice(tuple(sorted(set(choices) - {Choice()}, key=Choice.to_pairs)))


def kept_aside(wanted: Wanted) -> list[tuple[str, str]]:
    """What the form does not show and must send again: every choice but the first."""
    return wanted.slice.to_pairs()[len(wanted.choice.to_pairs()) :]
