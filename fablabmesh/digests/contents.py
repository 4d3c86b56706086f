"""What a letter of the agenda says, in the words of its language: lines under days, ready for the templates. Pure."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from itertools import groupby
from typing import Any

from fablabmesh.events import wording
from fablabmesh.events.rules import OnlineAccess
from fablabmesh.kit.i18n import gettext as _


@dataclass(frozen=True)
class Line:
    """One meeting. `path`: its page, empty when there is none any more; `was`: when it was to be before."""

    title: str
    when: str
    where: str
    category: str
    path: str
    notes: tuple[str, ...] = ()
    reason: str = ""
    was: str = ""
    is_demo: bool = False


@dataclass(frozen=True)
class Told:
    """What the pole of a zone told: its title, its pole, its page."""

    title: str
    zone: str
    path: str


@dataclass(frozen=True)
class Contents:
    """`more`: how many that come soon are not in it."""

    title: str
    issue: datetime
    coming: tuple[tuple[str, tuple[Line, ...]], ...]
    announced: tuple[Line, ...] = ()
    cancelled: tuple[Line, ...] = ()
    moved: tuple[Line, ...] = ()
    more: int = 0
    news: tuple[Told, ...] = ()

    @property
    def is_empty(self) -> bool:
        return not (self.coming or self.announced or self.cancelled or self.moved or self.news)


def to_told(news: Any, *, root: str) -> Told:
    """News of a pole, with the zone's programme in the address."""
    zone = news.zone
    return Told(news.title, zone.name, f"{root}/zones/{zone.programme.slug}/{zone.slug}/actualites/{news.slug}")


def by_day(dates: Iterable[Any], *, today: date, root: str) -> tuple[tuple[str, tuple[Line, ...]], ...]:
    """Dates in the order given under their days, what has begun already under a heading of its own."""
    groups = []
    for day, of_day in groupby(
        dates, lambda each: each.starts_local.date() if each.starts_local.date() >= today else None
    ):
        heading = _("En ce moment") if day is None else wording.long_day(day)
        groups.append((heading, tuple(to_line(each, root=root, with_day=day is None) for each in of_day)))
    return tuple(groups)


def to_line(each: Any, *, root: str, with_day: bool = True, is_series: bool = False) -> Line:
    """A date; or an event of which no date is left. `is_series`: it stands for all dates of its event."""
    event, change = getattr(each, "event", each), getattr(each, "change", None)
    notes = [wording.zone_note(each)]
    if is_series and event.is_recurring:
        notes.insert(0, wording.sentence(event))
    return Line(
        title=each.title,
        when=wording.when(each) if with_day else wording.hours(each),
        where=_where(event, change),
        category=str(event.category.label),
        path="" if event.deleted_at is not None else f"{root}/evenements/{event.slug}",
        notes=tuple(filter(None, notes)),
        reason=event.cancel_reason or (change.cancel_reason if change is not None else ""),
        is_demo=event.place.is_demo,
    )


def to_moved_line(each: Any, was: datetime, *, root: str) -> Line:
    """A date that was to be at another time."""
    return replace(to_line(each, root=root), was=wording.moment(was, each.is_all_day))


def _where(event: Any, change: Any) -> str:
    held = change if change is not None and (change.venue is not None or change.venue_text) else event
    venue, organiser = held.venue or event.place, event.place.name
    if held.venue is None and held.venue_text:
        words = [held.venue_text, organiser]
    else:
        words = [", ".join(filter(None, (venue.name, venue.commune)))]
        words += [organiser] if venue is not event.place else []
    words += [_("en ligne aussi")] if event.online_access is not OnlineAccess.NONE else []
    return " · ".join(words)
