"""The page where one composes the line of HTML that shows a map, a list of places or an agenda on another site."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import queries as directory
from fablabmesh.directory.facets import GROUPS, list_event_periods, list_moments, list_update_periods, title_of_group
from fablabmesh.directory.filters import TERMS, Search, Sort
from fablabmesh.events import queries as events
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.feeds.agenda import View, Wanted, kept_aside
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import anyone, public_url
from fablabmesh.syndication.embed_views import (
    BEYOND,
    agenda_frame_path,
    bp,
    read_agenda,
    read_beyond,
    title_shown,
    whole_agenda,
)
from fablabmesh.syndication.embedding import (
    LEAST_HEIGHT,
    LIST_HEIGHT,
    MOST,
    MOST_HEIGHT,
    Look,
    Pair,
    Shown,
    Theme,
    frame_line,
    join_zone,
    part_zone,
    read_look,
    script_line,
    sort_out,
)
from fablabmesh.syndication.frame_views import places_frame_path, whole_page
from fablabmesh.syndication.queries import find_names
from fablabmesh.syndication.titles import kinds_offered, title_of
from fablabmesh.terms import queries as terms
from fablabmesh.zones import queries as zones

SCRIPT = "/integrer.js"
# What all three can be narrowed by: kept when one changes from one to another.
_ALIKE = ("autour", "rayon", "zone")
CARRIED = (*_ALIKE, "genre", *BEYOND)
# Behind « D’autres critères ».
_RARER_TERMS = ("appel", "public", "accessibilite", "tarif", "accompagnement")
_RARER = (*_RARER_TERMS, "cherche-partenaires", "fermes", "maj", "ouvert")
_OF_PLACES = (*_ALIKE, *BEYOND, "evenements", "fermes", "q", "tri")


@bp.get("/integrer")
@anyone
@does(Act.SITE_READ)
def build() -> str:
    """What is to be shown, how it looks, the line to be pasted, and what it shows."""
    text = request.args.get("quoi", "")
    shown = Shown(text) if text in set(Shown) else Shown.MAP
    now = clock.now()
    made = _build_agenda(now) if shown is Shown.AGENDA else _build_places(shown, now)
    look, path, title = made["look"], request.script_root + made["path"], made["title"]
    height = look.height if shown is Shown.MAP else LIST_HEIGHT
    frame, script = frame_line(public_url(path), title, height), script_line(public_url(SCRIPT))
    return render_template(
        "syndication/build.html",
        **made
        | {
            "shown": shown,
            "path": path,
            "height": height,
            # A map has the height that it is given; what grows tells the page around how tall it is.
            "line": frame if shown is Shown.MAP else frame + script,
            "bare_line": frame,
            "tabs": [(each, _tab(each, made["pairs"])) for each in Shown],
            "programmes": zones.list_programmes(),
            "kinds": kinds_offered(),
            "rarer_terms": _RARER_TERMS,
            "has_rarer": any(made["fields"].get(name) for name in _RARER),
            "themes": list(Theme),
            "most": MOST,
            "heights": (LEAST_HEIGHT, MOST_HEIGHT),
        },
    )


@bp.get("/agenda/integrer/composer")
@anyone
@does(Act.SITE_READ)
def compose() -> Answer:
    """Where the builder of the agenda used to be."""
    query = request.query_string.decode("ascii", "ignore")
    return redirect(url_for(".build", quoi=Shown.AGENDA.value) + (f"&{query}" if query else ""), 301)


def _tab(shown: Shown, pairs: list[Pair]) -> str:
    carried: dict[str, list[str]] = {}
    for name, value in pairs:
        if name in CARRIED:
            carried.setdefault(name, []).append(value)
    # A programme alone is nothing to an agenda.
    if shown is Shown.AGENDA:
        carried["zone"] = [value for value in carried.get("zone", []) if not value.endswith("/")]
    query: dict[str, Any] = {"quoi": shown.value} | {name: values for name, values in carried.items() if values}
    return url_for(".build", **query)


def _build_places(shown: Shown, now: datetime) -> dict[str, Any]:
    asked = directory.read_asked(part_zone(request.args.to_dict(flat=False)), now=now)
    search: Search = asked.search.filter if shown is Shown.MAP else asked.search
    look = read_look(request.args)
    pairs = join_zone(search.to_pairs())
    fields, kept = sort_out(pairs, single=_OF_PLACES, several=("genre",))
    return _choices(search, now) | {
        "look": look,
        "pairs": pairs,
        "fields": fields,
        "kept": kept,
        "spot": _spot(fields),
        "unknown": asked.search.unknown,
        "title": title_of(search, find_names(search)),
        "path": places_frame_path(shown, search, look),
        "whole": whole_page(search),
        "event_periods": list_event_periods(search, {}),
        "sorts": list(Sort),
        "order_options": [(sort.value, sort.label) for sort in Sort if sort.value],
    }


def _choices(search: Search, now: datetime) -> dict[str, Any]:
    """What one may choose places by, whatever is shown of them."""
    known, today = terms.map_terms(), now.astimezone(ZoneInfo(HOME_ZONE)).date()
    offered = {
        name: [(code, term.label) for code, term in known[vocabulary].items() if not term.is_retired]
        for name, (_attribute, vocabulary) in TERMS.items()
    }
    offered["appel"] = [(call.slug, call.name) for call in directory.list_calls()]
    return {
        "terms": offered,
        "titles": {name: title_of_group(name) for name in GROUPS},
        "departments": zones.list_departments(),
        "moments": list_moments(search, {}, today),
        "update_periods": list_update_periods(search, {}),
    }


def _spot(fields: Mapping[str, list[str]]) -> str:
    """A commune as one may type it again: with its department, for there are others of the same name."""
    if not fields["autour"]:
        return ""
    spelled = fields["autour"][0]
    commune = None if "," in spelled else zones.find_commune(spelled)
    return f"{commune.name} ({commune.department_code})" if commune else spelled


def _build_agenda(now: datetime) -> dict[str, Any]:
    today = now.astimezone(ZoneInfo(HOME_ZONE)).date()
    asked, look = read_agenda(today)
    wanted: Wanted = asked.wanted
    beyond = read_beyond(now)
    pairs = [*wanted.choice.to_pairs(), *beyond.to_pairs()]
    fields, others = sort_out(pairs, single=(*_ALIKE, *BEYOND, "q"), several=("categorie", "genre"))
    return _choices(beyond, now) | {
        "look": Look(look.most, look.theme),
        "pairs": pairs,
        "fields": fields,
        "kept": [*others, *kept_aside(wanted)],
        "spot": _spot(fields),
        "unknown": (*wanted.unknown, *beyond.unknown),
        "title": title_shown(asked, beyond),
        "path": agenda_frame_path(wanted, beyond, look),
        "whole": whole_agenda(wanted, beyond),
        "categories": events.list_categories(with_retired=True),
        "views": [View.LIST, View.MONTH],
        "view": wanted.view,
    }
