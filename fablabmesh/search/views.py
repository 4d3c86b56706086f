"""The search: what fits as one types, and the page with all of it, which needs no script."""

import threading
from collections import OrderedDict
from collections.abc import Callable, Sequence
from typing import Any

from flask import Blueprint, Response, current_app, render_template, request, url_for

from fablabmesh.accounts.rights import Act
from fablabmesh.events import wording
from fablabmesh.events.dates import key_of
from fablabmesh.events.rules import EventStatus
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.geo import Point
from fablabmesh.kit.geocoding import Geocoder
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import language, number
from fablabmesh.kit.text import clean_line
from fablabmesh.kit.web import anyone, json_answer, shared
from fablabmesh.search import queries
from fablabmesh.search.queries import Found
from fablabmesh.search.rules import LONGEST, Level
from fablabmesh.search.suggestions import (
    PARAMETERS,
    Item,
    Section,
    count_of,
    distance,
    in_order,
    label_of,
    to_json,
)

bp = Blueprint("search", __name__)
bp.add_app_template_filter(distance, "distance")

SUGGESTED = {"places": 5}
SUGGESTED_OF_OTHERS = 3
SUGGESTED_TOWNS = 8
SHOWN = 10
NEAREST = 6
MOST_KEPT = 500
MAX_AGE = 60
# (language, hour, version, text) → the answer: what is over is found no more.
_kept: OrderedDict[tuple[Any, ...], Any] = OrderedDict()
_lock = threading.Lock()


@bp.get("/chercher")
@anyone
@does(Act.SITE_READ)
def index() -> str:
    """Everything that fits, each sort apart."""
    text = _asked()
    geocoder: Geocoder = current_app.extensions["geocoder"]
    found = queries.find(text, now=clock.now(), limit=SHOWN) if text else Found()
    town = found.towns.items[0] if found.towns.count and found.towns.level in (Level.NAME, Level.TOGETHER) else None
    near = queries.list_nearest(Point(town.latitude, town.longitude), limit=NEAREST) if town else []
    wants_address = bool(text) and geocoder.is_on and request.args.get("adresse") == "oui"
    return render_template(
        "search/index.html",
        text=text,
        found=found,
        # One commune alone is told by what is near it.
        sections=[
            section
            for section in _sections(found, found.mended or text, lambda _sort: SHOWN)
            if not (town and section.sort == "towns" and found.towns.count == 1)
        ],
        described=[_place(place) for place in found.described.items],
        town=town,
        town_href=_around(town.insee) if town else "",
        near=[(_place(place), metres) for place, metres in near],
        geocoder=geocoder,
        wants_address=wants_address,
        addresses=[_spot(spot) for spot in geocoder.find(text)] if wants_address else [],
    )


@bp.get("/chercher.json")
@shared
@does(Act.SITE_READ)
def suggest() -> Response:
    """What fits so far, few of each sort."""
    text, now = _asked(), clock.now()
    key = (language(), now.replace(minute=0, second=0, microsecond=0), queries.find_version(), text.casefold())
    with _lock:
        kept = _kept.get(key)
        if kept is not None:
            _kept.move_to_end(key)
    if kept is None:
        most = max(SUGGESTED_OF_OTHERS, *SUGGESTED.values())
        found = queries.find(text, now=now, limit=most, with_descriptions=False) if text else Found()
        sections = _sections(found, found.mended or text, lambda sort: SUGGESTED.get(sort, SUGGESTED_OF_OTHERS))
        kept = to_json(text, sections, found.mended, url_for("search.index", q=text))
        with _lock:
            _kept[key] = kept
            while len(_kept) > MOST_KEPT:
                _kept.popitem(last=False)
    return json_answer(kept, max_age=MAX_AGE)


@bp.get("/chercher/communes.json")
@shared
@does(Act.SITE_READ)
def suggest_towns() -> Response:
    """Communes so far, for a field that one of them is to stand in."""
    text = _asked()
    towns, mended = queries.suggest_towns(text, limit=SUGGESTED_TOWNS)
    found = [_town_to_fill(town) for town in towns]
    sections = [Section("towns", label_of("towns"), found, number(len(found)))] if found else []
    return json_answer(to_json(text, sections, mended, ""), max_age=MAX_AGE)


def _asked() -> str:
    return clean_line(request.args.get("q", "")[: 2 * LONGEST])[:LONGEST].strip()


def _sections(found: Found, text: str, most: Callable[[str], int]) -> list[Section]:
    items: dict[str, Callable[[Any], Item]] = {
        "towns": _town,
        "places": _place,
        "terms": _term,
        "zones": _zone,
        "events": _event,
        "projects": _project,
    }
    whole = {
        "places": lambda: url_for("home.index", q=text),
        "events": lambda: url_for("feeds.index", q=text.lower()),
        "projects": lambda: url_for("projects.index", q=text),
    }
    sections = []
    for sort in in_order(found):
        group = getattr(found, sort)
        shown: Sequence[Item] = [items[sort](each) for each in group.items[: most(sort)]]
        href = whole[sort]() if sort in whole and (group.count > len(shown) or group.is_capped) else ""
        # Found by their descriptions alone: there is nothing to list.
        if shown:
            sections.append(Section(sort, label_of(sort), shown, count_of(group), href))
    return sections


# --- addresses ---------------------------------------------------------------------------------------------------


def _around(spot: str) -> str:
    return url_for("home.index", autour=spot)


def _place(place: Any) -> Item:
    where = f"{place.commune} ({place.department_code})" if place.department_code else place.commune
    chosen = [_("Lauréat %(year)s", year=laureate.call.year) for laureate in place.laureates[:1]]
    demo = [_("Exemple inventé")] if place.is_demo else []
    told = " · ".join(filter(None, [*chosen, *demo, place.kind.label, where]))
    return Item(place.name, told, url_for("places.show", slug=place.slug))


def _town(town: Any) -> Item:
    told = f"{' '.join(town.postcodes[:1])} ({town.department_code}) · {_('les lieux autour')}"
    return Item(town.name, told, _around(town.insee))


def _town_to_fill(town: Any) -> Item:
    told = f"{' '.join(town.postcodes[:1])} ({town.department_code})"
    return Item(town.name, told, _around(town.insee), f"{town.name} ({town.department_code})", town.insee)


def _term(term: Any) -> Item:
    return Item(term.label, term.vocabulary.label, url_for("home.index", **{PARAMETERS[term.vocabulary]: term.code}))


def _zone(zone: Any) -> Item:
    href = url_for("zones.show", programme=zone.programme.slug, slug=zone.slug)
    return Item(zone.name, zone.programme.name, href)


def _event(both: Any) -> Item:
    event, date = both
    # The page of one date of a series, and of an event that happens once.
    key = key_of(event, date.recurrence_local) if event.is_recurring else None
    off = [_("Annulé")] if event.status is EventStatus.CANCELLED or date.is_cancelled else []
    told = " · ".join([*off, wording.moment(date.starts_local, event.is_all_day), event.place.name])
    return Item(event.title, told, url_for("events.show", slug=event.slug, date=key))


def _project(project: Any) -> Item:
    return Item(project.title, project.lead.name, url_for("projects.show", slug=project.slug))


def _spot(spot: Any) -> Item:
    # To a hundred metres, as positions are written everywhere.
    return Item(spot.label, "", _around(f"{spot.latitude:.3f},{spot.longitude:.3f}"))
