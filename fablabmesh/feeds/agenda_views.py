"""The page of the agenda: a list, a month or a week of any part of it, which its address says."""

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import parse_qsl
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.events import queries as events
from fablabmesh.events import wording
from fablabmesh.events.linked_data import to_item_list
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.feeds import agenda_queries as queries
from fablabmesh.feeds import slices
from fablabmesh.feeds.agenda import View, Wanted, kept_aside, weeks_of, without
from fablabmesh.feeds.agenda_queries import Asked, read_asked
from fablabmesh.feeds.composition import tell_values, title_of
from fablabmesh.feeds.slices import RADII, USUAL_RADIUS, Slice
from fablabmesh.feeds.views import bp
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.i18n import day as told_day
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language_name
from fablabmesh.kit.web import anyone, public_url, read_page
from fablabmesh.places import queries as places
from fablabmesh.places.filters import LAUREATE
from fablabmesh.places.rules import PlaceKind
from fablabmesh.zones import queries as zones

PAGE_SIZE = 50
# So many dates stand in a day of a month, and of a week; the others are behind a link to the day.
MOST_IN_A_DAY = {View.MONTH: 4, View.WEEK: 25}


@dataclass(frozen=True)
class Chip:
    """Something that is asked for, in words, and the address without it."""

    words: str
    without: str


@bp.get("/agenda")
@anyone
@does(Act.EVENT_READ)
def index() -> str | Answer:
    """What comes, or what there is in a period; the filter is in the address, in its one spelling."""
    now = clock.now()
    today = now.astimezone(ZoneInfo(HOME_ZONE)).date()
    asked = read_asked(request.args.to_dict(flat=False), today=today)
    if asked.wanted.unknown or asked.towns or _is_canonical(asked.wanted):
        return render_template("feeds/index.html", **_page_of(asked, now, today))
    return redirect(_path(asked.wanted, page=_asked_page()), 302)


def _is_canonical(wanted: Wanted) -> bool:
    """By its values and not by its bytes, which others on the way may spell as they like."""
    query = wanted.to_query(page=_asked_page())
    return parse_qsl(query) == parse_qsl(request.query_string.decode("latin-1"), keep_blank_values=True)


def _asked_page() -> str | None:
    """Only a number is written again: the address goes into a header."""
    text = request.args.get("page", "")
    return text if text.isascii() and text.isdecimal() and len(text) < 7 else None


def _page_of(asked: Asked, now: datetime, today: date) -> dict[str, Any]:
    wanted = asked.wanted
    categories = {category.slug: category.label for category in events.list_categories(with_retired=True)}
    names = asked.names | {"categories": categories}
    shown = _list(wanted, now) if wanted.view is View.LIST else _grid(wanted, today)
    span = (None, None) if wanted.view is View.LIST else wanted.days(today)
    return shown | {
        "wanted": wanted,
        "today": today,
        "title": title_of(wanted.slice, names),
        "towns": _towns_of(asked),
        "choices": [_chips_of(wanted, number, names) for number in range(len(wanted.slice.choices))],
        "period": _period_chips(wanted),
        "kept": tell_values(wanted.choice, names),
        "kept_aside": kept_aside(wanted),
        "programmes": zones.list_programmes(),
        "categories": categories,
        "category_counts": queries.count_categories(wanted, *span, now=now),
        "kinds": {kind.value: kind.plural for kind in PlaceKind} | {LAUREATE: _("Lauréats")},
        "kind_counts": queries.count_kinds(wanted, *span, now=now),
        "languages": {code: language_name(code) for code in queries.list_languages()},
        "radius": wanted.choice.around[0].km if wanted.choice.around else USUAL_RADIUS,
        "radii": RADII,
        "views": [(view, _path(wanted.seen_as(view, today))) for view in View],
        "may_publish": current_user.is_authenticated and bool(places.list_managed_by(current_user.id)),
    }


def _list(wanted: Wanted, now: datetime) -> dict[str, Any]:
    total = queries.count_dates(wanted, now=now)
    page = read_page(request.args, total, PAGE_SIZE)
    dates = queries.list_dates(wanted, now=now, limit=page.size, offset=page.offset)
    return {
        "total": total,
        "page": page,
        "months": wording.by_month_and_day(dates),
        "linked_data": to_item_list(
            [(each, public_url(url_for("events.show", slug=each.slug))) for each in dates if not each.place.is_demo],
            lambda place: public_url(url_for("places.show", slug=place.slug)),
        ),
    }


def _grid(wanted: Wanted, today: date) -> dict[str, Any]:
    first, last = wanted.days(today)
    weeks = weeks_of(first) if wanted.view is View.MONTH else [wanted_days(first)]
    before, after = wanted.moved(-1, today), wanted.moved(1, today)
    return {
        "total": queries.count_days(wanted.slice, first, last),
        "first": first,
        "last": last,
        "weeks": weeks,
        "days": queries.list_days(wanted.slice, weeks[0][0], weeks[-1][-1], most=MOST_IN_A_DAY[wanted.view]),
        "previous": _path(before) if before else None,
        "following": _path(after) if after else None,
        "present": _path(replace(wanted, since=None)) if wanted.since else None,
        "linked_data": None,
    }


def wanted_days(first: date) -> list[date]:
    """The seven days of a week."""
    return [first.fromordinal(first.toordinal() + number) for number in range(7)]


def _towns_of(asked: Asked) -> list[tuple[str, str, list[Chip]]]:
    """(what was typed, the commune it was taken for, the others with the address that takes it for them)."""
    found = []
    for typed, (taken, *others) in asked.towns.items():
        chips = []
        for town in others:
            query = asked.wanted.to_path().replace(f"autour={taken.insee}", f"autour={town.insee}")
            chips.append(Chip(f"{town.name} ({town.department_code})", _root(query)))
        found.append((typed, f"{taken.name} ({taken.department_code})", chips))
    return found


def _chips_of(wanted: Wanted, number: int, names: slices.Names) -> list[Chip]:
    return [
        Chip(words, _path(without(wanted, number, attribute, value)))
        for attribute, value, words in tell_values(wanted.slice.choices[number], names)
    ]


def _period_chips(wanted: Wanted) -> list[Chip]:
    if wanted.view is not View.LIST:
        return []
    chips = []
    if wanted.since:
        chips.append(Chip(_("à partir du %(day)s", day=told_day(wanted.since)), _path(replace(wanted, since=None))))
    if wanted.until:
        chips.append(Chip(_("jusqu’au %(day)s", day=told_day(wanted.until)), _path(replace(wanted, until=None))))
    if wanted.past:
        chips.append(Chip(_("rendez-vous passés"), _path(replace(wanted, past=False))))
    return chips


# --- addresses ---------------------------------------------------------------------------------------------------


def _root(path: str) -> str:
    return request.script_root + path


def _path(wanted: Wanted, **more: object) -> str:
    """Its address in the language of this page."""
    return _root(wanted.to_path(**more))


@bp.app_template_global("letter_path")
def letter_path(wanted: Slice) -> str:
    """The page that offers a weekly letter of the same."""
    return _root(Wanted(wanted).to_path("/lettres/nouvelle"))


@bp.app_template_global("embed_path")
def embed_path(wanted: Slice) -> str:
    """The page that gives the line of HTML for another site."""
    return _root(Wanted(wanted).to_path("/integrer", quoi="agenda"))


@bp.app_template_global("agenda_path")
def agenda_path(wanted: Slice, **seen: Any) -> str:
    """The page of a part of the agenda."""
    return _path(Wanted(wanted, **seen))
