"""Pages that may be of one place: the list, both side by side, « they are not the same », one made of two."""

from collections.abc import Mapping
from typing import Any

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user
from werkzeug.wrappers import Response as Answer

from fablabmesh.accounts.rights import Act
from fablabmesh.curation import merge_actions, queries, twin_queries
from fablabmesh.curation.rules import PROPOSABLE, Scope, ties_to_desk, ties_to_zones
from fablabmesh.curation.views import bp
from fablabmesh.kit import clock
from fablabmesh.kit.acts import does, hold_to
from fablabmesh.kit.errors import Conflict
from fablabmesh.kit.i18n import gettext as _
from fablabmesh.kit.i18n import ngettext
from fablabmesh.kit.web import fresh, read_page, signed_in
from fablabmesh.places.models import Place
from fablabmesh.places.queries import get_place
from fablabmesh.sheets.wording import field_labels
from fablabmesh.terms import queries as terms

__all__ = ["bp"]

PAGE_SIZE = 20
# The columns that both pages are compared by, beside what hangs on them.
COMPARED = tuple(name for name in PROPOSABLE if name not in ("insee", "precision", "latitude", "longitude"))
LISTS = ("services",)


@bp.get("/moderation/doublons")
@signed_in
@does(Act.DESK_CARE)
def twins() -> str:
    """The pairs of my zones that are worth a look, the likeliest first."""
    scope = _scope()
    page = read_page(request.args, twin_queries.count_twins(scope), PAGE_SIZE)
    found = twin_queries.list_twins(scope, limit=page.size, offset=page.offset)
    return render_template("curation/twins.html", twins=found, page=page)


def _scope() -> Scope:
    scope = queries.find_scope(current_user)
    hold_to(Act.DESK_CARE, ties_to_desk(scope))
    return scope


def _pair(one: str, other: str) -> tuple[Place, Place]:
    """Both, if this person moderates both."""
    scope = _scope()
    first, second = (get_place(slug) for slug in (one, other))
    for place in (first, second):
        zone_ids = queries.list_zone_ids(place.department_code)
        hold_to(Act.PLACE_MERGE, ties_to_zones(scope, zone_ids, is_demo=place.is_demo))
    twin_queries.get_pair((one, other))
    return first, second


@bp.get("/moderation/doublons/<slug>/<other>")
@signed_in
@does(Act.PLACE_MERGE)
def pair(slug: str, other: str) -> str:
    """Both side by side: which page stays, what is to stand on it, and what moves."""
    return _page(*_pair(slug, other))


def _page(kept: Place, gone: Place, *, problem: str = "", chosen: Mapping[str, str] | None = None) -> str:
    rows = [(name, getattr(kept, name), getattr(gone, name)) for name in COMPARED]
    twin = twin_queries.find_twin(kept.id, gone.id)
    return render_template(
        "curation/merge.html",
        kept=kept,
        gone=gone,
        rows=[row for row in rows if row[1] != row[2]],
        same=[row[:2] for row in rows if row[1] == row[2] and row[1] not in (None, "", [])],
        moves=twin_queries.count_what_hangs(gone.id),
        twin=twin,
        problem=problem,
        chosen=chosen or {},
        labels=field_labels(),
        hanging=_hanging,
        terms={code: term.label for words in terms.map_terms().values() for code, term in words.items()},
    )


def _hanging(name: str, count: int) -> str:
    """« 12 événements »: so much of that moves."""
    return {
        "events": ngettext("%(num)d événement", "%(num)d événements", count),
        "projects": ngettext("%(num)d projet porté", "%(num)d projets portés", count),
        "partnerships": ngettext("%(num)d projet rejoint", "%(num)d projets rejoints", count),
        "managers": ngettext("%(num)d personne qui s’en occupe", "%(num)d personnes qui s’en occupent", count),
        "laureates": ngettext("%(num)d appel à projets remporté", "%(num)d appels à projets remportés", count),
        "poles": ngettext("%(num)d rôle de pôle", "%(num)d rôles de pôle", count),
        "machines": ngettext("%(num)d machine", "%(num)d machines", count),
        "people": ngettext("%(num)d rôle public", "%(num)d rôles publics", count),
        "pictures": ngettext("%(num)d photographie", "%(num)d photographies", count),
        "facts": ngettext("%(num)d fait sourcé", "%(num)d faits sourcés", count),
        "calendars": ngettext("%(num)d agenda suivi", "%(num)d agendas suivis", count),
    }[name]


@bp.post("/moderation/doublons/<slug>/<other>/separer")
@signed_in
@does(Act.PLACE_MERGE)
def part(slug: str, other: str) -> Answer:
    """They are two places, for ever."""
    first, second = _pair(slug, other)
    merge_actions.dismiss(first, second, by=current_user, now=clock.now())
    flash(_("C’est noté : ces deux lieux ne seront plus rapprochés."))
    return redirect(url_for(".twins"), 303)


@bp.post("/moderation/doublons/<slug>/<other>")
@signed_in
@fresh
@does(Act.PLACE_MERGE)
def merge(slug: str, other: str) -> Answer | tuple[str, int]:
    """One place of two: `slug` stays, `other` leads to it."""
    kept, gone = _pair(slug, other)
    versions = (_number("version"), _number("autre_version"))
    values = _chosen(kept, gone, request.form)
    try:
        merge_actions.merge(kept, gone, values, by=current_user, now=clock.now(), versions=versions)
    except Conflict as conflict:
        kept, gone = _pair(slug, other)
        return _page(kept, gone, problem=conflict.message, chosen=request.form), 409
    flash(_("Les deux fiches n’en font plus qu’une. L’ancienne adresse mène à celle-ci."))
    return redirect(url_for("places.show", slug=kept.slug), 303)


def _chosen(kept: Place, gone: Place, form: Mapping[str, str]) -> dict[str, Any]:
    """By column, what comes from the other page. Where the point is goes with the address."""
    values: dict[str, Any] = {}
    for name in COMPARED:
        choice = form.get(name)
        if choice == "autre":
            values[name] = getattr(gone, name)
        elif choice == "deux" and name in LISTS:
            values[name] = [*getattr(kept, name), *(code for code in getattr(gone, name) if code not in kept.services)]
    if form.get("point") == "autre":
        for name in ("latitude", "longitude", "precision", "insee"):
            values[name] = getattr(gone, name)
    return values


def _number(name: str) -> int:
    text = request.form.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 10 else 0
