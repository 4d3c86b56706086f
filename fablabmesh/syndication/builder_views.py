"""The page where one composes the line of HTML that shows a map, a list of places or an agenda on another site."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

from flask import redirect, render_template, request, url_for
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.directory import queries as directory
from fablabmesh.directory.filters import EVENT_DAYS, NOW, OFFERED_RADII, Search, Sort
from fablabmesh.events import queries as events
from fablabmesh.events.rules import HOME_ZONE
from fablabmesh.feeds.agenda import View, Wanted, kept_aside
from fablabmesh.feeds.composition import title_of as title_of_agenda
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does
from fablabmesh.kit.web import anyone, public_url
from fablabmesh.syndication.embed_views import agenda_frame_path, bp, read_agenda
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
from fablabmesh.syndication.frame_views import names_of, places_frame_path, whole_page
from fablabmesh.syndication.titles import kinds_offered, title_of
from fablabmesh.terms import queries as terms
from fablabmesh.terms.rules import Vocabulary
from fablabmesh.zones import queries as zones

SCRIPT = "/integrer.js"
# What all three can be narrowed by: kept when one changes from one to another.
CARRIED = ("autour", "genre", "rayon", "zone")
_OF_PLACES = (
    "autour",
    "departement",
    "evenements",
    "label",
    "machine",
    "ouvert",
    "q",
    "rayon",
    "service",
    "tri",
    "zone",
)
_OF_AGENDA = ("autour", "q", "rayon", "zone")


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
    look, names = read_look(request.args), names_of(search)
    pairs = join_zone(search.to_pairs())
    fields, kept = sort_out(pairs, single=_OF_PLACES, several=("genre",))
    known = terms.map_terms()
    vocabularies = {"label": Vocabulary.LABEL, "machine": Vocabulary.MACHINE, "service": Vocabulary.SERVICE}
    return {
        "look": look,
        "pairs": pairs,
        "fields": fields,
        "kept": kept,
        "spot": _spot(fields),
        "unknown": asked.search.unknown,
        "title": title_of(search, names),
        "path": places_frame_path(shown, search, look),
        "whole": whole_page(search),
        "terms": {
            name: [(code, term.label) for code, term in known[vocabulary].items() if not term.is_retired]
            for name, vocabulary in vocabularies.items()
        },
        "departments": zones.list_departments(),
        "event_days": EVENT_DAYS,
        "radii": OFFERED_RADII,
        "now_word": NOW,
        "sorts": list(Sort),
        "order_options": [(sort.value, sort.label) for sort in Sort if sort.value],
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
    pairs = wanted.choice.to_pairs()
    fields, others = sort_out(pairs, single=_OF_AGENDA, several=("categorie", "genre"))
    return {
        "look": Look(look.most, look.theme),
        "pairs": pairs,
        "fields": fields,
        "kept": [*others, *kept_aside(wanted)],
        "spot": _spot(fields),
        "unknown": wanted.unknown,
        "title": title_of_agenda(wanted.slice, asked.names),
        "path": agenda_frame_path(wanted, look),
        "whole": public_url(request.script_root + Wanted(wanted.slice).to_path()),
        "categories": events.list_categories(with_retired=True),
        "views": [View.LIST, View.MONTH],
        "view": wanted.view,
        "radii": OFFERED_RADII,
    }
